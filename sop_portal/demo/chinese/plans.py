"""What is typed while the year is planned: forecasts, more time, requests and how they were decided."""

PLANS = {
    "The printer’s offer for next year is 5 % above the last one.": "印刷厂明年的报价比去年高 5%。",
    "Postage and paper went up in spring; the wholesaler confirmed it in writing.": (
        "春季邮费和纸张都涨价了，批发商已书面确认。"
    ),
    "The hall now takes rent from us as well, 40 dollars an evening.": "礼堂今后也要向我们收取场租，每晚 40 元。",
    "Our two performers raised their fee for the first time in four years.": "两位表演者四年来首次提高了报酬标准。",
    "Two schools had 140 children on the waiting list in February. We add a Saturday group of 12.": (
        "二月份两所学校共有 140 名儿童在候补名单上，拟增设一个 12 人的周六小组。"
    ),
    "The new housing on Mill Road brings some 60 families; the school told us in January.": (
        "磨坊路新小区将迁入约 60 户家庭，学校一月份已告知我们。"
    ),
    "Every group was full from the second week on; we turned away 38 people and kept the list.": (
        "各小组从第二周起全部满员，有 38 人未能参加，名单已留存。"
    ),
    "The hall is closed for repairs in the second quarter, so there are eight evenings fewer.": (
        "礼堂第二季度停用维修，活动将减少八个晚上。"
    ),
    "The van fails its inspection and a new one is not decided; neighbours deliver this year.": (
        "送书车未通过年检，是否购置新车尚未决定；今年由邻里志愿者送书。"
    ),
    "Story hours: the participants are 9 % above the proposal. Which waiting lists say so, and how many children? "
    "And Makerspace asks for fewer materials than last year although it is to grow.": (
        "故事会的参与人数比建议值高 9%，依据的是哪几份候补名单？共有多少名儿童？"
        "另外，创客空间计划扩大规模，申请的物资却比去年少，请说明。"
    ),
    "Summer reading counts the same children twice, at the opening and at the end. Count them once, please.": (
        "暑期阅读在开幕和结束时对同一批儿童重复计数，请只计一次。"
    ),
    "Counted once now; the opening is left out.": "已改为只计一次，开幕活动不再计入。",
    "@Amina the waiting lists of Mead and Prendergast are attached to my mail of Monday. 140 names in all.": (
        "@安敏 育才小学和文华小学的候补名单已附在我周一的邮件里，共 140 人。"
    ),
    "林晓梅女士住院两周，副馆长尚未到任；请给 East Lyme 多两周时间。": (
        "林晓梅女士住院两周，副馆长尚未到任，现给予江口分馆两周延期。"
    ),
    "The bookkeeper was ill for two weeks; the figures of the autumn are not closed.": (
        "会计病假两周，秋季账目尚未结清。"
    ),
    "We would like to wait for the school’s timetable.": "我们希望等学校的课程表确定后再提交。",
    "The head’s deputy is new and wants to go through the figures once more.": "副馆长刚到任，希望再核对一遍数据。",
    "The landlord names the new rent next week only.": "房东下周才能告知新的租金。",
    "The timetable comes too late for any forecast. Estimate, and correct it in the request.": (
        "课程表公布得太晚，等不及预测。请先估算，在资源申请中再作调整。"
    ),
    "The library is closed for rebuilding the whole year; its groups meet in Chester.": (
        "该馆全年闭馆改建，各小组改在古城分馆活动。"
    ),
    "Forecasts are still being accepted; the next version has them.": "仍有预测在审核中，将纳入下一版。",
    "The Friends of the Library pay for both projects this year.": "图书馆之友今年承担了两个项目的全部费用。",
    "The makerspace asks for twice the materials of last year. Attach the offer, or ask for less.": (
        "创客空间申请的物资是去年的两倍，请附上报价单，或减少申请数量。"
    ),
    "Bookmobile days": "流动图书车使用天数",
    "Four villages without a bus; the driver is included.": "四个村不通公交；含司机。",
    "Second 3D printer": "第二台三维打印机",
    "The waiting time for the first one is three weeks.": "现有打印机需排队三周。",
    "The book boxes are shared with the neighbouring library, so fewer are needed.": (
        "与邻近分馆共用书箱，所需数量相应减少。"
    ),
    "Granted at last year’s prices; come back with the offer if it is higher.": (
        "先按去年价格批准；如报价更高，请附报价单再申请。"
    ),
    "Nine of ten evenings: the tenth falls on the holiday.": "批准十晚中的九晚，另一晚适逢节假日。",
    "One printer is used at 46 % of its hours. Extend the opening hours first.": (
        "现有打印机的使用率仅为 46%，请先延长开放时间。"
    ),
    "Write a forecast": "如何编制预测",
    "Write a resource request": "如何填写资源申请",
    "Write a progress report": "如何撰写进展汇报",
    "Bristol, room 2, or by video": "东城分馆 2 号会议室，或视频参加",
    "Bristol, room 3": "东城分馆 3 号会议室",
    "Avon, reading hall": "雅园分馆阅览厅",
    "By video": "视频会议",
    "Slides, form": "课件、表单",
    "Only one of two can come; Dora shows it to both by telephone.": "两人中只有一人能来，改由窦蕾电话讲解。",
}
