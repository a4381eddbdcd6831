"""What is typed once work is done: evaluations, lessons, measures, feedback, meetings, changes of the process."""

REVIEW = {
    "Children who stay to the end, percent": "全程参加的儿童比例（%）",
    "We held what we planned, and more people came than we had seats for on four evenings.": (
        "活动按计划完成，有四个晚上到场人数超过座位数。"
    ),
    "The number of sessions was reached; the groups after Easter were smaller than hoped.": (
        "场次已达到计划，但春季后半段各小组人数少于预期。"
    ),
    "A quiet year: the regulars came, few new ones.": "全年较为平稳，以老读者为主，新读者不多。",
    "Rooms. Every change of room costs us a third of the group.": "场地。每换一次地点，约三分之一的人不再来。",
    "Volunteers leave after the fourth session; those who had a partner stayed.": (
        "志愿者往往在第四次活动后离开，有搭档的则留了下来。"
    ),
    "Counting: some colleagues count heads per day, some per session.": "计数口径不一：有的同事按天计，有的按场次计。",
    "Book the rooms by May, for the whole year, in one go.": "五月前一次性订好全年的场地。",
    "Two volunteers per group from the beginning.": "每个小组从一开始就配两名志愿者。",
    "Count once per day, on the same sheet, in all libraries.": "各分馆统一使用同一张表，每天计一次。",
    "Prices rose less than feared, and one performer fell ill. The groups filled by word of mouth.": (
        "涨价幅度低于预期，一位表演者生病；各小组靠口碑招满。"
    ),
    "Which groups were smaller, and since when? And what did the second story-teller change?": (
        "哪些小组人数减少，从什么时候开始？增加第二位讲故事人后有什么变化？"
    ),
    "Saturday groups fill within two weeks, but the room must be booked by May.": (
        "周六的小组两周内就会报满，但场地必须在五月前预订。"
    ),
    "A second volunteer per group halves the drop-outs after the fourth session.": (
        "每组配两名志愿者，第四次活动后的流失减少一半。"
    ),
    "Two-year-olds leave after half an hour; a short hour for them keeps the families.": (
        "两岁的孩子半小时后就坐不住，为他们安排短场次可以留住家庭。"
    ),
    "Siblings come along: plan seats for one and a half children per name on the list.": (
        "兄弟姐妹常一起来，座位应按报名人数的一倍半准备。"
    ),
    "Prizes work for the under-tens only; the older ones want to choose the books.": (
        "奖品只对十岁以下的孩子有效，大孩子更想自己选书。"
    ),
    "A poster in the supermarket brings more families than three in the library.": (
        "超市里贴一张海报，比馆内贴三张带来的家庭更多。"
    ),
    "The opening in the park needs a hall in reserve: it rained in two of three years.": (
        "公园开幕活动需备用室内场地，三年中有两年下雨。"
    ),
    "Who signs up before the holidays stays to the end; who comes later does not.": (
        "假期前报名的人能坚持到最后，中途加入的往往不能。"
    ),
    "Two performers are enough; the money is better spent on a second set of books.": (
        "两位表演者已足够，经费用于添置第二套书更合适。"
    ),
    "One hour per person is enough for a letter, not for an application.": (
        "每人一小时够写求职信，不够准备全套申请材料。"
    ),
    "Evenings are full, mornings are not: move the second adviser to the evening.": (
        "晚间满员而上午空闲，应把第二位辅导老师调到晚上。"
    ),
    "The printer waits for people who know it; train four volunteers before buying a second one.": (
        "打印机缺的是会用的人，应先培训四名志愿者，再考虑买第二台。"
    ),
    "Courses fill when they end with something to take home.": "结束时能带走作品的课程更容易报满。",
    "Neighbours deliver gladly, but not in January: keep the van for the winter.": (
        "邻里志愿者乐意送书，但一月份不行，冬季仍需保留送书车。"
    ),
    "A call the evening before saves every fifth trip.": "前一天晚上打电话确认，可以省去五分之一的行程。",
    "Audio books go out twice as often as large print; buy accordingly.": (
        "有声书的借阅量是大字版的两倍，采购时应相应安排。"
    ),
    "Count children once per day, not per session.": "儿童人数按天计一次，不按场次计。",
    "Book all rooms of the year in May, through one person.": "五月由专人统一预订全年场地。",
    "Receipts are photographed on the day of the purchase.": "采购当天拍照留存票据。",
    "Lend the story boxes between Ansonia and Avon.": "城中分馆与雅园分馆互借故事书箱。",
    "Send the forecast form two weeks earlier.": "预测表单提前两周下发。",
    "Buy a second van.": "购买第二辆送书车。",
    "A second van costs more than ten years of neighbours’ deliveries.": ("再买一辆车的费用，超过邻里送书十年的开支。"),
    "The shared sheet is in use in all twelve libraries since the first of the month; see the minutes.": (
        "共用登记表自本月一日起已在十二个分馆使用，见会议纪要。"
    ),
    "Shared sheet of hours": "共用登记表",
    "In use in twelve libraries": "已在十二个分馆使用",
    "Checked at the meeting": "已在会议上核对",
    "Shared sheet.jpg": "共用登记表.pdf",
    "The shared sheet on the wall": "张贴的共用登记表",
    "Tell the schools the dates of the groups before the summer, not after.": (
        "小组时间应在暑假前告知学校，而不是暑假后。"
    ),
    "Six boxes went both ways so far.": "目前已互借六箱。",
    "The form asks for hours we do not count": "表单要求填写我们没有统计的工时",
    "We do not write hours down by project. We guessed, and so did the others, I believe.": (
        "我们不按项目登记工时，数字是估的，其他部门想必也是这样。"
    ),
    "True. From next year an estimate to the nearest ten is enough; the form says so.": (
        "情况属实。从明年起，估算到十位数即可，表单上会注明。"
    ),
    "两周时间太短": "两周时间太短",
    "申请期间正值学校假期，同事们都不在；希望申请窗口延长到三周。": (
        "申请期间正值学校假期，同事们都不在；希望申请窗口延长到三周。"
    ),
    "The comparison with last year helps": "与去年的对比很有帮助",
    "For the first time I saw before planning what our autumn had cost. Thank you.": (
        "这是我第一次在做计划之前就看到秋季活动花了多少钱，谢谢。"
    ),
    "Bristol, large reading room": "东城分馆大阅览室",
    "Ansonia Library, hall": "城中分馆礼堂",
    "East Hampton, study room": "东港分馆自习室",
    "Avon, community room": "雅园分馆活动室",
    "Half of the heads are at the state conference that day. The next meeting takes its points.": (
        "当天有一半的负责人参加省里的会议，议题并入下次会议。"
    ),
    "Rooms that are promised twice": "房间重复预订",
    "Volunteer insurance: who pays it from January on?": "志愿者保险：一月起由谁承担？",
    "Three departments say that rooms are promised twice. Amina Diallo shows the calendar Ansonia uses.": (
        "三个部门反映同一问题：房间被重复预订。安敏介绍了城中分馆使用的日历。"
    ),
    "Everybody uses the shared calendar from next month on; Ben Carter sets it up.": (
        "下月起各部门统一使用共享日历，由卞文负责设置。"
    ),
    "Three working weeks for requests": "资源申请期延长到三周",
    "The window of requests stays open for 21 days instead of 14.": "资源申请窗口由 14 天延长到 21 天。",
    "Two weeks fall into the school holidays, and five departments filed on the last day.": (
        "两周正值学校假期，有五个部门在最后一天才提交。"
    ),
    "One column for volunteers’ hours": "增加一列志愿者工时",
    "The form of the forecast asks for volunteers’ hours apart.": "预测表单单独填写志愿者工时。",
    "Volunteers carry half of the home delivery, and no figure says so.": (
        "送书上门有一半由志愿者承担，但没有任何数据反映这一点。"
    ),
    "Leads submit the forecast themselves": "由项目负责人自行提交预测",
    "A lead submits the own projects without the head.": "项目负责人可直接提交自己项目的预测，不经部门负责人。",
    "The head is away in the weeks of the forecast.": "预测期间部门负责人常常外出。",
    "The head answers for the whole department; a deputy can be named for those weeks.": (
        "部门负责人对整个部门负责；外出期间可以指定代理人。"
    ),
    "How participants are counted": "参与人数的统计口径",
    "Say how participants are counted": "写明参与人数的统计口径",
    "One sentence in “Demand forecast”: everybody once per project.": (
        "在“需求预测”一章中加一句：每人在一个项目中只计一次。"
    ),
    "A forecast came back because the same children were counted twice.": (
        "有预测被退回，原因是同一批儿童被重复计数。"
    ),
    "Send us the form before the holidays": "请在假期前下发表单",
    "Two weeks earlier, and we could fill it in while the schools still answer.": (
        "如能提前两周，我们可以趁学校还能回复时填写。"
    ),
    "Done: a measure was adopted, and the form goes out earlier next year.": "已采纳为改进措施，明年提前下发表单。",
    "Who counts as a volunteer?": "哪些人算志愿者？",
    "Parents help out for an hour. Do we count them?": "有的家长只帮忙一小时，是否计入？",
    "Whoever is on the list of volunteers.": "以志愿者名单为准。",
    "The head says what stands in the way and what was tried. Two departments offer help.": (
        "部门负责人说明了困难和已尝试的办法，两个部门愿意协助。"
    ),
    "Both help until the next meeting; the department says then whether it is solved.": (
        "两个部门协助至下次会议，届时由该部门说明是否解决。"
    ),
    "It needs more people than the department has.": "所需人手超出本部门的能力。",
    "The resource team looks for help among the neighbours.": "由资源团队在邻近部门协调人手。",
    "The owner says what is still missing.": "责任人说明了尚未完成的部分。",
    "It is done before the next meeting, or the owner says why not.": "下次会议前完成；未完成的，由责任人说明原因。",
    "Management has read it, and had no answer yet.": "管理层已阅，尚未答复。",
    "Elif Aydin answers within two weeks.": "由叶丽芳在两周内答复。",
    "Nobody objects; two heads ask how much time it costs.": "无人反对，两位负责人询问需要多少时间。",
    "Management decides on it this month.": "管理层本月内决定。",
    "The department shows which bills came at another time than planned.": "部门说明了哪些账单的时间与计划不同。",
    "It says at the next meeting how the line ends the year.": "下次会议上说明该项目全年的预计情况。",
    "Some activities begin later than planned.": "部分活动开始时间晚于计划。",
    "What is not needed is named at the next meeting.": "不需要的资金在下次会议上说明。",
    "The department says why it asks for more.": "部门说明了需要更多资金的原因。",
    "Management settles it with the budget.": "管理层在审定预算时一并处理。",
    "Set up one shared calendar of rooms for all libraries.": "为所有分馆建立统一的场地共享日历。",
    "All twelve libraries enter their rooms there since last week.": "自上周起，十二个分馆都在其中登记场地。",
}
