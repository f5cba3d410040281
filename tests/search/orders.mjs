// SPDX-License-Identifier: Apache-2.0
// Articles of all ages about ferries, buses and harbours, and in which order they must
// be found: what an article is about before what it only mentions, words that
// stand together before words apart, and of what is alike the fresher.

/** @type {Record<string, Record<string, { headline: string, text: string, days: number }>>} */
export const aged = {
  en: {
    mention: { headline: "Kiosk opens at dawn", text: "Coffee is sold to those who wait for the ferry.", days: 0 },
    chatter: { headline: "Letters of the week", text: "The ferry is late. The ferry is loud. We like the ferry.", days: 1 },
    about: { headline: "Ferry runs aground", text: "Forty passengers were taken off by rowing boats.", days: 30 },
    ancient: { headline: "First ferry of the line is launched", text: "A band played, and bottles were broken.", days: 4000 },
    apart: { headline: "Pilots ask for more lights", text: "The gate of the harbour is narrow, says the master of the tug.", days: 2 },
    beside: { headline: "Lights go out on the quay", text: "The harbour gate was found open by the night watch.", days: 45 },
    fresh: { headline: "Nets are dry", text: "Trawlers stay in port.", days: 1 },
    stale: { headline: "Nets are wet", text: "Trawlers stay in port.", days: 700 },
    exact: { headline: "Lighthouse keeper", text: "She climbs ninety steps.", days: 90 },
    longer: { headline: "What a lighthouse costs, and who pays the keeper of it", text: "It adds up.", days: 60 },
  },
  ka: {
    mention: { headline: "კიოსკი დილით იხსნება", text: "ყავას ყიდიან მათთვის, ვინც ბორანს ელოდება.", days: 0 },
    about: { headline: "ბორანი მეჩეჩზე დაჯდა", text: "ორმოცი მგზავრი ნავებით გადაიყვანეს.", days: 30 },
    ancient: { headline: "პირველი ბორანი ზღვაში გავიდა", text: "ორკესტრი უკრავდა.", days: 4000 },
  },
  ru: {
    mention: { headline: "Киоск открывается на рассвете", text: "Кофе продают тем, кто ждёт автобуса.", days: 0 },
    about: { headline: "Автобус застрял в снегу", text: "Сорок пассажиров шли пешком.", days: 30 },
    ancient: { headline: "Первый автобус вышел на линию", text: "Играл оркестр.", days: 4000 },
  },
  fr: {
    mention: { headline: "Le kiosque ouvre à l’aube", text: "On y vend du café à qui attend le bac.", days: 0 },
    about: { headline: "Le bac s’échoue", text: "Les quarante passagers sont saufs.", days: 30 },
    apart: { headline: "Les pilotes demandent des feux", text: "L’entrée est étroite ; le port attend un phare.", days: 2 },
    beside: { headline: "Panne sur le quai", text: "Le phare du port d’Arzna s’est éteint dans la nuit.", days: 45 },
  },
  zh: {
    mention: { headline: "小卖部清晨开门", text: "卖咖啡给等渡轮的人。", days: 0 },
    about: { headline: "渡轮搁浅", text: "四十名乘客被小船接走。", days: 30 },
    ancient: { headline: "第一艘渡轮下水", text: "乐队奏乐。", days: 4000 },
  },
};

/** Language, what is typed, and what is found by relevance, best first.
 * @type {[string, string, string[]][]} */
export const orders = [
  ["en", "ferry", ["about", "ancient", "chatter", "mention"]],
  ["en", "ferries", ["about", "ancient", "chatter", "mention"]],
  ["en", "harbour gate", ["beside", "apart"]],
  ["en", "gate harbour", ["apart", "beside"]],
  ["en", "trawlers", ["fresh", "stale"]],
  ["en", "nets", ["fresh", "stale"]],
  ["en", "lighthouse keeper", ["exact", "longer"]],
  ["ka", "ბორანი", ["about", "ancient", "mention"]],
  ["ru", "автобус", ["about", "ancient", "mention"]],
  ["fr", "bac", ["about", "mention"]],
  ["fr", "phare du port", ["beside"]],
  ["fr", "phare port", ["apart", "beside"]],
  ["zh", "渡轮", ["about", "ancient", "mention"]],
];
