"""What is typed about money: the budget and its amendments, expenses, exceptions, audits and their papers."""

MONEY = {
    "12 groups × 4 boxes × unit price, rounded to tens": "12 个小组 × 4 箱 × 单价，取整到十位",
    "The hall’s contract is signed until the end of the year; with less we would pay a penalty of 600.": (
        "礼堂合同已签到年底，减少金额将产生 600 元违约金。"
    ),
    "Bristol’s hall is closed for two months; Chester takes the groups over and needs the money.": (
        "东城分馆礼堂停用两个月，小组由古城分馆接收，经费随之划转。"
    ),
    "More books, less travel: nobody goes to the fair this year. And Avon’s hall for one month less.": (
        "多购图书、减少差旅：今年不派人参加书展；雅园分馆礼堂少租一个月。"
    ),
    "We cannot end the lease a month early: three months’ notice.": "租约无法提前一个月终止，须提前三个月通知。",
    "The drivers’ association asks for more; its letter is on its way.": "司机协会要求提高补贴，正式函件随后寄到。",
    "The letter did not come. If it does, the line is amended.": "函件未收到；如收到，再通过预算调整处理。",
    "the town council of Bristol": "东城区政府",
    "Floor and heating, as in the town’s plan": "地板与供暖，按区政府计划执行",
    "Roof, as in the town’s plan": "屋顶，按区政府计划执行",
    "Windows and front, as in the town’s plan": "门窗与外立面，按区政府计划执行",
    "Lift and stairs, as in the town’s plan": "电梯与楼梯，按区政府计划执行",
    "Solar panels are put up together with the roof; the town pays for them.": (
        "太阳能板与屋顶同时施工，费用由区政府承担。"
    ),
    "The front is protected as a monument: stone is replaced by stone, as the heritage office asks.": (
        "外立面为受保护建筑，应文物部门要求以同种石材修复。"
    ),
    "The minutes of the council say 64,000 for the lift; the file has 46,000.": (
        "区政府会议纪要中电梯费用为 64,000，文件中却是 46,000。"
    ),
    "Picture books": "绘本",
    "Book boxes": "书箱",
    "Paper, glue and paint": "纸张、胶水和颜料",
    "Song books": "儿歌集",
    "Story-tellers’ fees": "讲故事人酬金",
    "Reading hall, rent": "阅览厅场租",
    "Buses for the school classes": "接送学生班级的大巴",
    "Musicians’ fees": "乐手酬金",
    "Books for the reading lists": "书单图书",
    "Prizes for the readers": "读者奖品",
    "Performers’ fees": "表演者酬金",
    "Tents and hall, rent": "帐篷与场地租金",
    "Printing of the programme": "节目单印刷费",
    "Workbooks and folders": "练习册和文件夹",
    "Print cards": "打印卡",
    "Advisers’ fees": "辅导老师酬金",
    "Meeting rooms, rent": "会议室租金",
    "Childcare during the clinics": "辅导期间的儿童看护",
    "Filament": "打印耗材",
    "Wood and paint": "木料和油漆",
    "Spare parts for the printer": "打印机配件",
    "Trainers’ fees": "培训老师酬金",
    "Workshop, rent": "工作坊租金",
    "Upkeep of the machines": "设备维护",
    "Large-print novels": "大字版小说",
    "Audio books": "有声书",
    "Bags and labels": "书袋和标签",
    "Fuel for the van": "送书车油费",
    "Upkeep of the van": "送书车保养",
    "Drivers’ expenses": "司机补贴",
    "The same bill was posted by the lead.": "项目负责人已登记过同一张票据。",
    "Deposit for the reading hall": "阅览厅押金",
    "The hall asked for the deposit four days before the year began; without it the Saturdays were gone.": (
        "场地方在年度开始前四天要求支付押金，否则周六时段将无法保留。"
    ),
    "Books for the opening": "开幕活动用书",
    "They were cheaper in that week.": "当周价格较低。",
    "They could be bought in the year. Ask before, not after.": "可以在年度内购买。请事前申请，不要事后补报。",
    "Two receipts are missing, USD 318 is not evidenced: 204 for filament, 114 for the projector.": (
        "缺两张票据，318 元无凭证：打印耗材 204 元，投影仪 114 元。"
    ),
    "The mileage book has no entries for nine weeks.": "行车里程登记簿有九周没有记录。",
    "The driver kept a book of his own; it is copied into ours now.": (
        "司机另有一本自己的登记簿，现已补录到馆内登记簿。"
    ),
    "The book lies in the van, and the head signs it every Friday.": "登记簿放在车内，负责人每周五签字。",
    "Two story-tellers were paid without a contract.": "向两位讲故事人付款时没有签订合同。",
    "Both were asked on the day because of illness. Contracts are drawn up for everybody on the list.": (
        "两人均因他人生病当天临时受邀。现正与名单上的所有人签订合同。"
    ),
    "Fuel was bought on two Sundays on which nothing was delivered.": "有两个星期日没有送书，却有加油记录。",
    "Use of the van": "送书车使用情况",
    "Mileage of the van": "送书车行车里程",
    "Makerspace, receipts": "创客空间票据",
    "Story hours, fees": "故事会酬金",
    "Home delivery, fuel": "送书上门油费",
    "Summer reading, prizes": "暑期阅读奖品",
    "Town plan %s.xlsx": "%s 年区政府计划.xlsx",
    "Receipt %s.jpg": "电子发票 %s.pdf",
    "%s Supplies": "%s文化用品店",
    "Total  %s": "合计  %s",
    "Paid by card. Thank you.": "已刷卡支付。",
    "Cash book of the van": "送书车现金账",
    "Cash book.pdf": "现金账.pdf",
    "First page of the new cash book": "新现金账首页",
    "Kept in the van, one line for every payment.": "放在车内，每笔付款登记一行。",
    "Signed by the head every Friday.": "负责人每周五签字。",
}
