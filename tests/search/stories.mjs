// SPDX-License-Identifier: Apache-2.0
// A small newspaper in five languages, written for this test, and what must be
// found in it by which words.

/** @type {Record<string, Record<string, { headline: string, standfirst?: string, text: string, tags?: string[] }>>} */
export const stories = {
  en: {
    bridge: {
      headline: "New bridge opens over the Arzna",
      standfirst: "Children were the first to cross.",
      text: "The mayor cut a ribbon on Monday. The old bridges had been closed since the flood of last year, and drivers waited for months.",
      tags: ["Roads"],
    },
    flood: {
      headline: "River floods three streets",
      text: "Water stood knee-deep in Mill Street. Firefighters pumped cellars dry through the night. Nobody was hurt.",
    },
    election: {
      headline: "Voters elect a council of eleven",
      standfirst: "The election was the closest in thirty years.",
      text: "Eleven members were elected. The mayor called the vote fair, although the elections in the islands are still being counted.",
    },
    school: {
      headline: "Schools go back to chalk",
      text: "Teachers say that pupils remember more. The ministry of education wasn't asked. A study from the U.S. found much the same in 2021.",
    },
    bakery: {
      headline: "The baker who will not bake on Sundays",
      text: "Bread is sold out by nine. 'My grandmother's café was closed on Sundays too,' she says, and she is running late already.",
    },
    chess: {
      headline: "A girl of nine beats the champion at chess",
      text: "She played a queen's gambit. The champion, who has won eight titles, resigned on move 41 and asked for her autograph.",
    },
    tax: {
      headline: "Tax on empty houses doubles",
      text: "The council hopes that owners will rent them out. Owners fear the opposite: that new buyers stay away.",
    },
    covid: {
      headline: "Clinic ends its covid-19 ward",
      text: "The last patient of the ward went home. Doctors and nurses lined the corridor; example.com streamed it.",
    },
  },
  ka: {
    bridge: {
      headline: "არზნაზე ახალი ხიდი გაიხსნა",
      text: "მერმა ლენტი ორშაბათს გაჭრა. ძველი ხიდები წყალდიდობის შემდეგ დაკეტილი იყო.",
    },
    city: {
      headline: "თბილისში ქალაქის დღეს აღნიშნავენ",
      text: "დედაქალაქის ქუჩებში კონცერტები გაიმართება. მთავრობის წევრები ქალაქს მიულოცავენ.",
    },
    election: {
      headline: "არჩევნები რვა ოლქში გაიმართა",
      text: "ამომრჩევლებმა საკრებულოს წევრები აირჩიეს. არჩევანი რთული იყო, ამბობს საარჩევნო კომისიის თავმჯდომარე.",
    },
    water: {
      headline: "სოფელს სასმელი წყალი დაუბრუნდა",
      text: "ორი თვის განმავლობაში წყლის გარეშე დარჩენილ ოჯახებს მილსადენი შეუკეთეს.",
    },
    country: {
      headline: "ქვეყნის ეკონომიკა გაიზარდა",
      text: "საქართველოს ეროვნული ბანკის პრეზიდენტმა ინფლაციაზე ისაუბრა. ქვეყანა ვალს ამცირებს.",
    },
    minister: {
      headline: "მინისტრმა რეფორმა წარადგინა",
      text: "განათლების მინისტრის თქმით, სკოლების რეფორმას სამი წელი დასჭირდება.",
    },
    chess: {
      headline: "ცხრა წლის მოჭადრაკემ ჩემპიონი დაამარცხა",
      text: "ჭადრაკის ჩემპიონატი ბათუმში ტარდება. ნინო ბერიძემ პარტია ორმოც სვლაში მოიგო.",
    },
  },
  ru: {
    bridge: {
      headline: "Через Арзну открыли новый мост",
      text: "Мэр перерезал ленточку в понедельник. Старые мосты закрыли после прошлогоднего наводнения.",
    },
    election: {
      headline: "Выборы прошли на островах",
      text: "Избиратели выбрали одиннадцать депутатов. Итогов выборов ждали всю ночь.",
    },
    castle: {
      headline: "За́мок над рекой продают за рубль",
      text: "Новому владельцу придётся чинить крышу. В саду растёт ёлка, которой сто лет.",
    },
    moscow: {
      headline: "Поезд из Москвы пришёл на сутки позже",
      text: "Пассажиры пили чай и играли в шахматы. Железная дорога извинилась.",
    },
    chess: {
      headline: "Девятилетняя шахматистка обыграла чемпиона",
      text: "Чемпион сдался на сорок первом ходу и попросил автограф.",
    },
    president: {
      headline: "Президент подписал закон о садах",
      text: "Закон вступит в силу в мае. С президентом спорили депутаты и садоводы.",
    },
    school: {
      headline: "Школы возвращаются к мелу",
      text: "Учителя говорят, что школьники запоминают больше. Министерство образования не спрашивали.",
    },
  },
  fr: {
    election: {
      headline: "L’élection municipale se joue à une voix",
      text: "Les électeurs ont élu onze conseillers. Aujourd’hui, le maire sortant demande qu’on recompte.",
    },
    water: {
      headline: "Privés d’eau depuis l’été",
      text: "Deux cents foyers attendent la réparation d’une conduite. L'eau arrive par camions-citernes.",
    },
    work: {
      headline: "Un cœur de pierre : l’œuvre qui divise",
      text: "La sculpture pèse neuf tonnes. Les élèves du lycée l’ont déjà surnommée la dent.",
    },
    bridge: {
      headline: "Le nouveau pont est ouvert",
      text: "Le maire a coupé le ruban lundi. Les anciens ponts étaient fermés depuis l'inondation.",
    },
    cheese: {
      headline: "Le fromager qui n’aime pas le fromage",
      text: "Il goûte sans avaler. Sa fille, élevée dans les caves, reprendra l’affaire à Noël.",
    },
    train: {
      headline: "Grève : un train sur trois circulera demain",
      text: "Les cheminots dénoncent des conditions de travail difficiles. Les négociations reprennent jeudi.",
    },
  },
  zh: {
    beijing: {
      headline: "北京市新图书馆开放",
      text: "图书馆藏书三百万册，市长出席了开馆仪式。读者可以免费借阅。",
    },
    flood: {
      headline: "洪水淹没三条街道",
      text: "消防员整夜抽水，没有人员伤亡。河水已经开始下降。",
    },
    election: {
      headline: "岛上举行选举",
      text: "选民选出十一名议员，选举结果将于明天公布。",
    },
    tax: {
      headline: "空置房屋税加倍",
      text: "政府希望房主出租房屋。ABC公司表示反对。",
    },
    chess: {
      headline: "九岁女孩战胜国际象棋冠军",
      text: "冠军在第41步认输，并请她签名。",
    },
  },
};

/** Language, what is typed, and exactly the stories that are found.
 * @type {[string, string, string[]][]} */
export const queries = [
  // English: forms, accents, apostrophes, numbers, phrases, exclusion.
  ["en", "bridge", ["bridge"]],
  ["en", "BRIDGES", ["bridge"]],
  ["en", "floods", ["bridge", "flood"]],
  ["en", "flooding", ["bridge", "flood"]],
  ["en", "election", ["election"]],
  ["en", "electing", ["election"]],
  ["en", "council", ["election", "tax"]],
  ["en", "council mayor", ["election"]],
  ["en", "mayor -council", ["bridge"]],
  ["en", "mayor -ribbon -vote", []],
  ["en", "\"new bridge\"", ["bridge"]],
  ["en", "\"bridge new\"", []],
  ["en", "“empty houses”", ["tax"]],
  ["en", "\"mill street\" pumped", ["flood"]],
  ["en", "cafe", ["bakery"]],
  ["en", "café", ["bakery"]],
  ["en", "grandmothers", ["bakery"]],
  ["en", "wasn't", ["school"]],
  ["en", "wasnt", ["school"]],
  ["en", "US", ["school"]],
  ["en", "U.S.", ["school"]],
  ["en", "2021", ["school"]],
  ["en", "covid-19", ["covid"]],
  ["en", "covid", ["covid"]],
  ["en", "covid-20", []],
  ["en", "example.com", ["covid"]],
  ["en", "roads", ["bridge"]], // a topic
  ["en", "baking", ["bakery"]],
  ["en", "elect*", ["election"]],
  ["en", "champ*", ["chess"]],
  ["en", "queens gambit", ["chess"]],
  ["en", "zebra", []],
  ["en", "bridge zebra", []],
  ["en", "-bridge", []],
  // Georgian: cases, postpositions, plurals, vowels that fall.
  ["ka", "ხიდი", ["bridge"]],
  ["ka", "ხიდის", ["bridge"]],
  ["ka", "ხიდებზე", ["bridge"]],
  ["ka", "ქალაქი", ["city"]],
  ["ka", "ქალაქებიდან", ["city"]],
  ["ka", "თბილისი", ["city"]],
  ["ka", "თბილისიდან", ["city"]],
  ["ka", "არჩევანი", ["election"]],
  ["ka", "არჩევნებში", ["election"]],
  ["ka", "წყალი", ["water"]],
  ["ka", "წყალს", ["water"]],
  ["ka", "ქვეყანა", ["country"]],
  ["ka", "ქვეყნებს", ["country"]],
  ["ka", "საქართველო", ["country"]],
  ["ka", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝᲨᲘ", ["country"]],
  ["ka", "მინისტრი", ["minister"]],
  ["ka", "რეფორმები", ["minister"]],
  ["ka", "მთავრობა", ["city"]],
  ["ka", "ბერიძე", ["chess"]],
  ["ka", "ბერიძის", ["chess"]],
  ["ka", "„ახალი ხიდი“", ["bridge"]],
  ["ka", "„ხიდი ახალი“", []],
  ["ka", "წევრი -საკრებულო", ["city"]],
  ["ka", "მერი", ["bridge"]],
  ["ka", "ზებრა", []],
  // Russian: cases, ё, stress marks.
  ["ru", "мост", ["bridge"]],
  ["ru", "мостов", ["bridge"]],
  ["ru", "выборы", ["election"]],
  ["ru", "выборам", ["election"]],
  ["ru", "замок", ["castle"]],
  ["ru", "елка", ["castle"]],
  ["ru", "ёлки", ["castle"]],
  ["ru", "Москва", ["moscow"]],
  ["ru", "шахматы", ["moscow"]],
  ["ru", "чемпионом", ["chess"]],
  ["ru", "депутат", ["election", "president"]],
  ["ru", "депутаты -закон", ["election"]],
  ["ru", "«новый мост»", ["bridge"]],
  ["ru", "президенту", ["president"]],
  ["ru", "школ*", ["school"]],
  ["ru", "зебра", []],
  // French: elision, accents, ligatures.
  ["fr", "élection", ["election"]],
  ["fr", "elections", ["election"]],
  ["fr", "l'élection", ["election"]],
  ["fr", "d’élection", ["election"]],
  ["fr", "eau", ["water"]],
  ["fr", "ete", ["water"]],
  ["fr", "oeuvre", ["work"]],
  ["fr", "cœurs", ["work"]],
  ["fr", "ponts", ["bridge"]],
  ["fr", "maire", ["election", "bridge"]],
  ["fr", "maire -ruban", ["election"]],
  ["fr", "fromages", ["cheese"]],
  ["fr", "aujourd'hui", ["election"]],
  ["fr", "greve trains", ["train"]],
  ["fr", "«nouveau pont»", ["bridge"]],
  ["fr", "zèbre", []],
  // Chinese: no spaces, one letter, letters among them.
  ["zh", "北京", ["beijing"]],
  ["zh", "北京市", ["beijing"]],
  ["zh", "图书馆", ["beijing"]],
  ["zh", "书馆藏", ["beijing"]],
  ["zh", "选举", ["election"]],
  ["zh", "税", ["tax"]],
  ["zh", "房屋税", ["tax"]],
  ["zh", "abc", ["tax"]],
  ["zh", "冠军 签名", ["chess"]],
  ["zh", "洪水 -河水", []],
  ["zh", "京北", []],
  ["zh", "市长", ["beijing"]],
  ["zh", "41", ["chess"]],
  ["zh", "斑马", []],
];
