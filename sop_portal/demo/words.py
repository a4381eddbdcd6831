"""What the people of the demonstration typed. Nobody said these things."""

from sop_portal.demo.cast import Library
from sop_portal.demo.chinese import is_chinese, said

PRICES = (
    "The printer’s offer for next year is 5 % above the last one.",
    "Postage and paper went up in spring; the wholesaler confirmed it in writing.",
    "The hall now takes rent from us as well, 40 dollars an evening.",
    "Our two performers raised their fee for the first time in four years.",
)
PRICES_ZH = ("印刷厂明年的报价比去年高 5%。", "春季邮费和纸张都涨价了，批发商已书面确认。")
WAITING_LISTS = (
    "Two schools had 140 children on the waiting list in February. We add a Saturday group of 12.",
    "The new housing on Mill Road brings some 60 families; the school told us in January.",
    "Every group was full from the second week on; we turned away 38 people and kept the list.",
)
FEWER = "The hall is closed for repairs in the second quarter, so there are eight evenings fewer."
WHY_NOT = "The van fails its inspection and a new one is not decided; neighbours deliver this year."

SENT_BACK = {
    "Ansonia Library": (
        "Story hours: the participants are 9 % above the proposal. Which waiting lists say so, and how many children? "
        "And Makerspace asks for fewer materials than last year although it is to grow."
    ),
    "Chester": "Summer reading counts the same children twice, at the opening and at the end. Count them once, please.",
}
RESUBMITTED = "Counted once now; the opening is left out."
ASKED_BACK = "@Amina the waiting lists of Mead and Prendergast are attached to my mail of Monday. 140 names in all."
LATE_EXTENSION = "林晓梅女士住院两周，副馆长尚未到任；请给 East Lyme 多两周时间。"

BOOKMOBILE = ("Bookmobile days", "Four villages without a bus; the driver is included.")
SECOND_PRINTER = ("Second 3D printer", "The waiting time for the first one is three weeks.")

IN_FULL_ZH = "按预测全额批准。"
IN_PART = (
    "The book boxes are shared with the neighbouring library, so fewer are needed.",
    "Granted at last year’s prices; come back with the offer if it is higher.",
    "Nine of ten evenings: the tenth falls on the holiday.",
)
IN_PART_ZH = ("与邻近分馆共用书箱，按实际需要部分批准。", "先按去年价格批准；如报价更高，请附报价单再申请。")
DEFERRED = "Deferred to the second half-year: the room is not free before."
REFUSED = "One printer is used at 46 % of its hours. Extend the opening hours first."

COMPUTED = "12 groups × 4 boxes × unit price, rounded to tens"
CONTESTED = "The hall’s contract is signed until the end of the year; with less we would pay a penalty of 600."
AMENDMENT = "Bristol’s hall is closed for two months; Chester takes the groups over and needs the money."
AMENDMENT_OPEN = "More books, less travel: nobody goes to the fair this year. And Avon’s hall for one month less."
AVON_WANTS = "We cannot end the lease a month early: three months’ notice."

REPORT_PROBLEMS = (
    "",
    "",
    "",
    "Two evenings cancelled because of snow; both made up for in the following week.",
    "The Saturday room was booked twice; we moved to the reading hall.",
    "One volunteer ill for three weeks; two groups were put together.",
    "The children’s corner leaks again. The town was told.",
)
REPORT_PROBLEMS_ZH = ("", "暴雪取消两场活动，已于次周补办。", "一名志愿者生病三周，两个小组合并。")
OUTLOOK = (
    "As planned.",
    "Flyers go to the schools next week.",
    "One more group begins on the first Saturday.",
    "We invite the parents to the last session.",
)
OUTLOOK_ZH = ("按计划进行。", "下周向学校发放传单。", "首个周六将新增一个小组。")
EXPLANATION = "The boxes for the whole year were bought at once, at a better price. The other months will be lower."
EXPLANATION_ZH = "全年的书箱一次采购，价格更优惠；其余月份支出会相应减少。"
REPORT_SENT_BACK = "Fewer participants than last month at twice the cost: what happened? One sentence is enough."

BOUGHT = {
    "Story hours": (
        ("Picture books", "Book boxes", "Paper, glue and paint", "Song books"),
        ("Story-tellers’ fees", "Reading hall, rent", "Buses for the school classes", "Musicians’ fees"),
    ),
    "Summer reading": (
        ("Books for the reading lists", "Prizes for the readers"),
        ("Performers’ fees", "Tents and hall, rent", "Printing of the programme"),
    ),
    "Job-seeker clinics": (
        ("Workbooks and folders", "Print cards"),
        ("Advisers’ fees", "Meeting rooms, rent", "Childcare during the clinics"),
    ),
    "Makerspace": (
        ("Filament", "Wood and paint", "Spare parts for the printer"),
        ("Trainers’ fees", "Workshop, rent", "Upkeep of the machines"),
    ),
    "Home delivery": (
        ("Large-print novels", "Audio books", "Bags and labels"),
        ("Fuel for the van", "Upkeep of the van", "Drivers’ expenses"),
    ),
}

ISSUES = (
    ("Saturday room double-booked", "The choir has the same key and the same hour. Twice this month.", True),
    ("Van fails its inspection", "Brakes and tyres; the garage says 2,900 dollars.", True),
    ("Two laptops stolen", "From the locked cupboard, the lock was not forced. The police was told.", False),
    ("Heating in the reading room", "Fourteen degrees on Saturday; two groups went home.", False),
)
ISSUES_SOLVED = {
    "Ansonia Library": "The choir moves to Friday; the key is now signed for at the desk.",
    "East Haddam": "The valve is replaced; nineteen degrees since Tuesday.",
}
COUNTED_AGAIN = (
    "The second list of names lay in the other branch.",
    "Parents who stayed were not counted.",
    "The list of the last Saturday came a week later.",
    "A school class seemed to be missing from the list.",
)
COUNTED_RIGHT = "The class was on the list under its teacher's name."
COUNT_STAYS = "Parents are not the participants we agreed on; children are counted."
GIVEN_UP = "Two readers are left; the neighbours bring them their books. The money goes back to the pool."

REACHED = (
    "We held what we planned, and more people came than we had seats for on four evenings.",
    "The number of sessions was reached; the groups after Easter were smaller than hoped.",
    "A quiet year: the regulars came, few new ones.",
)
PROBLEMS = (
    "Rooms. Every change of room costs us a third of the group.",
    "Volunteers leave after the fourth session; those who had a partner stayed.",
    "Counting: some colleagues count heads per day, some per session.",
)
BETTER = (
    "Book the rooms by May, for the whole year, in one go.",
    "Two volunteers per group from the beginning.",
    "Count once per day, on the same sheet, in all libraries.",
)
OFF_PLAN = "Prices rose less than feared, and one performer fell ill. The groups filled by word of mouth."
LESSONS = {
    "Story hours": (
        "Saturday groups fill within two weeks, but the room must be booked by May.",
        "A second volunteer per group halves the drop-outs after the fourth session.",
        "Two-year-olds leave after half an hour; a short hour for them keeps the families.",
        "Siblings come along: plan seats for one and a half children per name on the list.",
    ),
    "Summer reading": (
        "Prizes work for the under-tens only; the older ones want to choose the books.",
        "A poster in the supermarket brings more families than three in the library.",
        "The opening in the park needs a hall in reserve: it rained in two of three years.",
        "Who signs up before the holidays stays to the end; who comes later does not.",
        "Two performers are enough; the money is better spent on a second set of books.",
    ),
    "Job-seeker clinics": (
        "One hour per person is enough for a letter, not for an application.",
        "Evenings are full, mornings are not: move the second adviser to the evening.",
    ),
    "Makerspace": (
        "The printer waits for people who know it; train four volunteers before buying a second one.",
        "Courses fill when they end with something to take home.",
    ),
    "Home delivery": (
        "Neighbours deliver gladly, but not in January: keep the van for the winter.",
        "A call the evening before saves every fifth trip.",
        "Audio books go out twice as often as large print; buy accordingly.",
    ),
}
LESSON_ZH = "周六的小组两周内就会报满，但场地必须在五月前预订。"
EVALUATION_ZH = (
    "活动场次按计划完成，参与人数略高于去年。",
    "场地：每换一次地点，约三分之一的家庭不再来。",
    "五月前一次性订好全年的场地。",
    "涨价幅度低于预期，一位表演者生病。",
)
MEASURES = (
    ("Count children once per day, not per session.", "evaluation"),
    ("Book all rooms of the year in May, through one person.", "evaluation"),
    ("Receipts are photographed on the day of the purchase.", "audit"),
    ("Lend the story boxes between Ansonia and Avon.", "evaluation"),
    ("Send the forecast form two weeks earlier.", "feedback"),
)
DECLINED = "A second van costs more than ten years of neighbours’ deliveries."
EVIDENCE = "The shared sheet is in use in all twelve libraries since the first of the month; see the minutes."
# Kind, title, what was experienced, and the answer where there is one.
FEEDBACK = {
    "Chester": (
        "problem",
        "The form asks for hours we do not count",
        "We do not write hours down by project. We guessed, and so did the others, I believe.",
        "True. From next year an estimate to the nearest ten is enough; the form says so.",
    ),
    "East Hampton": (
        "idea",
        "Send us the form before the holidays",
        "Two weeks earlier, and we could fill it in while the schools still answer.",
        "Done: a measure was adopted, and the form goes out earlier next year.",
    ),
    "Deep River": (
        "question",
        "Who counts as a volunteer?",
        "Parents help out for an hour. Do we count them?",
        "Whoever is on the list of volunteers.",
    ),
    "East Lyme": ("problem", "两周时间太短", "申请期间正值学校假期，同事们都不在；希望申请窗口延长到三周。", ""),
    "Avon": (
        "praise",
        "The comparison with last year helps",
        "For the first time I saw before planning what our autumn had cost. Thank you.",
        "",
    ),
}
FINDING = "Two receipts are missing, USD 318 is not evidenced: 204 for filament, 114 for the projector."
FINDING_OLD = "The mileage book has no entries for nine weeks."
FINDING_ANSWER = "The driver kept a book of his own; it is copied into ours now."
FINDING_REMEDY = "The book lies in the van, and the head signs it every Friday."
REMEDY_SHOWN = ("Kept in the van, one line for every payment.", "Signed by the head every Friday.")
EVIDENCE_SHOWN = ("Shared sheet of hours", "In use in twelve libraries", "Checked at the meeting")
EXCEPTION = (
    "Deposit for the reading hall",
    "The hall asked for the deposit four days before the year began; without it the Saturdays were gone.",
)
EXCEPTION_REFUSED = (
    "Books for the opening",
    "They were cheaper in that week.",
    "They could be bought in the year. Ask before, not after.",
)
FINDING_FEES = "Two story-tellers were paid without a contract."
FINDING_FEES_ANSWER = "Both were asked on the day because of illness. Contracts are drawn up for everybody on the list."
FINDING_FUEL = "Fuel was bought on two Sundays on which nothing was delivered."
MEETING_PLACES = (
    "Bristol, large reading room",
    "Ansonia Library, hall",
    "East Hampton, study room",
    "Avon, community room",
)
MEETING_CANCELLED = "Half of the heads are at the state conference that day. The next meeting takes its points."
# What is said and decided, by the kind of matter; of more points of a kind the rest moves on to the next meeting.
MINUTES = {
    "": (
        (
            "Three departments say that rooms are promised twice. Amina Diallo shows the calendar Ansonia uses.",
            "Everybody uses the shared calendar from next month on; Ben Carter sets it up.",
        ),
    ),
    "/issues/": (
        (
            "The head says what stands in the way and what was tried. Two departments offer help.",
            "Both help until the next meeting; the department says then whether it is solved.",
        ),
        (
            "It needs more people than the department has.",
            "The resource team looks for help among the neighbours.",
        ),
    ),
    "/improvements/": (
        ("The owner says what is still missing.", "It is done before the next meeting, or the owner says why not."),
    ),
    "/feedback/": (("Management has read it, and had no answer yet.", "Elif Aydin answers within two weeks."),),
    "/proposals/": (("Nobody objects; two heads ask how much time it costs.", "Management decides on it this month."),),
    "flag=over": (
        (
            "The department shows which bills came at another time than planned.",
            "It says at the next meeting how the line ends the year.",
        ),
    ),
    "flag=under": (("Some activities begin later than planned.", "What is not needed is named at the next meeting."),),
    "/budget/": (("The department says why it asks for more.", "Management settles it with the budget."),),
}
CALENDAR = "Set up one shared calendar of rooms for all libraries."
CALENDAR_SHOWN = "All twelve libraries enter their rooms there since last week."
MORE_TIME = {
    "Beacon Falls": "The bookkeeper was ill for two weeks; the figures of the autumn are not closed.",
    "Deep River": "We would like to wait for the school’s timetable.",
    "Canterbury": "The head’s deputy is new and wants to go through the figures once more.",
    "Ashford Babcock": "The landlord names the new rent next week only.",
}
MORE_TIME_REFUSED = "The timetable comes too late for any forecast. Estimate, and correct it in the request."
EXCUSED = "The library is closed for rebuilding the whole year; its groups meet in Chester."
ASKS_NOTHING = "The Friends of the Library pay for both projects this year."
REQUEST_SENT_BACK = "The makerspace asks for twice the materials of last year. Attach the offer, or ask for less."
REPORT_AGAIN = "Forecasts are still being accepted; the next version has them."
CONTESTED_IN_VAIN = "The drivers’ association asks for more; its letter is on its way."
OVERRULED = "The letter did not come. If it does, the line is amended."


def of(library: Library, english: tuple[str, ...], chinese: tuple[str, ...], turn: int) -> str:
    """One of several wordings, in the language in which a library types."""
    wordings = chinese if library.language != "en" and not is_chinese() else english
    return said(wordings[turn % len(wordings)])
