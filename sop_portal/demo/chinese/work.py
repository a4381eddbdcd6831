"""What is typed while the year runs: progress reports, issues, and what was hard."""

WORK = {
    "Two evenings cancelled because of snow; both made up for in the following week.": (
        "两个晚上因大雪取消，已于次周补办。"
    ),
    "The Saturday room was booked twice; we moved to the reading hall.": "周六的房间被重复预订，活动改在阅览厅举行。",
    "One volunteer ill for three weeks; two groups were put together.": "一名志愿者生病三周，两个小组合并。",
    "The children’s corner leaks again. The town was told.": "儿童角再次漏水，已报告街道办事处。",
    "As planned.": "按计划进行。",
    "Flyers go to the schools next week.": "下周向学校发放传单。",
    "One more group begins on the first Saturday.": "首个周六将新增一个小组。",
    "We invite the parents to the last session.": "最后一次活动将邀请家长参加。",
    "The boxes for the whole year were bought at once, at a better price. The other months will be lower.": (
        "全年的书箱一次采购，价格更优惠；其余月份支出会相应减少。"
    ),
    "Fewer participants than last month at twice the cost: what happened? One sentence is enough.": (
        "参与人数比上月少，费用却翻了一倍，是什么原因？一句话说明即可。"
    ),
    "Saturday room double-booked": "周六房间重复预订",
    "The choir has the same key and the same hour. Twice this month.": (
        "合唱团有同一把钥匙、同一时段，本月已发生两次。"
    ),
    "Van fails its inspection": "送书车未通过年检",
    "Brakes and tyres; the garage says 2,900 dollars.": "刹车和轮胎不合格，修理厂报价 2,900 元。",
    "Two laptops stolen": "两台笔记本电脑被盗",
    "From the locked cupboard, the lock was not forced. The police was told.": "电脑锁在柜中，锁未被撬，已报警。",
    "Heating in the reading room": "阅览室供暖",
    "Fourteen degrees on Saturday; two groups went home.": "周六室温只有十四度，两个小组提前离开。",
    "The choir moves to Friday; the key is now signed for at the desk.": "合唱团改到周五，钥匙在前台登记领取。",
    "The valve is replaced; nineteen degrees since Tuesday.": "阀门已更换，周二起室温恢复到十九度。",
    "The second list of names lay in the other branch.": "第二份签到名单放在另一分馆。",
    "A school class seemed to be missing from the list.": "名单上似乎少了一个班。",
    "The class was on the list under its teacher's name.": "该班已登记在名单上，用的是老师的名字。",
    "Parents who stayed were not counted.": "留下陪同的家长没有计入。",
    "The list of the last Saturday came a week later.": "最后一个星期六的名单晚一周才交来。",
    "Parents are not the participants we agreed on; children are counted.": "约定的参与人数不含家长，只统计儿童。",
    "No van, no deliveries until it is back.": "送书车送修，修好之前暂停送书。",
    "Two readers are left; the neighbours bring them their books. The money goes back to the pool.": (
        "只剩两位读者，由邻居代为送书，经费退回资源池。"
    ),
    "Past figures of volunteers": "缺少志愿者的历年数据",
    "I did not know how urgent 3 is and how urgent 5 is.": "不清楚紧急程度 3 和 5 有什么区别。",
    "Two weeks, and one of them was the school holidays.": "只有两周，其中一周还是学校假期。",
    "紧急程度不好选": "紧急程度不好选",
}
