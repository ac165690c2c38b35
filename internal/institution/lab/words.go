package lab

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/sheet"
)

// Columns are what a row of a table of equipment may hold.
func Columns() []string { return []string{"inventory", "count", "year", "condition", "kind", "note"} }

// headWords are what people write over the columns.
var headWords = map[string][]string{
	"inventory": {"інв", "інвент", "inv", "inventory"}, "count": {"кільк", "шт", "count", "qty", "quantity", "number"},
	"year": {"рік", "року", "year", "введен"}, "condition": {"стан", "condition", "state"},
	"kind": {"вид", "назва", "наймен", "обладнання", "техніка", "kind", "type", "name", "тип"}, "note": {"приміт", "опис", "модель", "характерист", "note", "model", "назва", "наймен"},
}

// kindWords are parts of the words people write for a kind, folded. The first that fits is
// taken: «3D-принтер» stands before «принтер», «дошка» before «комп’ютер».
var kindWords = []struct {
	kind  Kind
	words []string
}{
	{Printer3D, []string{"3d", "3 d", "3д"}},
	{Printer, []string{"принтер", "бфп", "мфу", "сканер", "копір", "друк", "print", "scan"}},
	{Assistive, []string{"асист", "брайл", "інвалід", "особливими", "допоміжн", "збільшувач", "assistive", "disabilit", "special needs", "braille"}},
	{Robots, []string{"робот", "лего", "lego", "arduino", "ардуіно", "micro bit", "електроніки", "robot", "electronic"}},
	{Screen, []string{"дошка", "дошки", "панел", "проектор", "проєктор", "телевіз", "екран", "board", "panel", "projector", "screen"}},
	{Sensors, []string{"датчик", "сенсор", "вимірювальн", "sensor", "probe"}},
	{Headphones, []string{"навушник", "гарнітур", "headphone", "headset"}},
	{Camera, []string{"камер", "мікрофон", "штатив", "освітлювач", "camera", "microphone"}},
	{Network, []string{"роутер", "маршрутиз", "комутатор", "точка доступу", "wi fi", "wifi", "мереж", "router", "switch", "network"}},
	{Laptop, []string{"ноутбук", "нетбук", "хромбук", "laptop", "notebook", "chromebook", "macbook"}},
	{Tablet, []string{"планшет", "tablet", "ipad"}},
	{Desktop, []string{"комп ютер", "компютер", "системн", "моноблок", "робоча станц", "пк", "desktop", "computer", "monoblock"}},
	{Other, []string{"інше", "other"}},
}

// KindOf finds a kind by its id or by a word for it.
func KindOf(word string) (Kind, bool) {
	if k := Kind(strings.ToLower(strings.TrimSpace(word))); slices.Contains(Kinds(), k) {
		return k, true
	}
	text := " " + sheet.Fold(word)
	for _, k := range kindWords {
		if slices.ContainsFunc(k.words, func(w string) bool { return strings.Contains(text, " "+w) }) {
			return k.kind, true
		}
	}
	return "", false
}

var conditionWords = []struct {
	condition Condition
	words     []string
}{
	{Scrap, []string{"спис", "непридат", "scrap", "written off", "write off"}},
	{Repair, []string{"ремонт", "потреб", "не прац", "несправ", "зламан", "неробоч", "repair", "broken"}},
	{Works, []string{"прац", "справн", "робоч", "добр", "задов", "нов", "works", "working", "good", "ok"}},
}

// ConditionOf finds a condition by its id or by a word for it; what is empty works.
func ConditionOf(word string) (Condition, bool) {
	text := " " + sheet.Fold(word)
	if text == " " {
		return Works, true
	}
	for _, c := range conditionWords {
		if slices.ContainsFunc(c.words, func(w string) bool { return strings.Contains(text, " "+w) }) {
			return c.condition, true
		}
	}
	return "", false
}

var years = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)(?:\D|$)`)

// yearOf finds a year in a cell: «2021», «2021 р.», «01.09.2021»; 0 for an empty one.
func yearOf(cell string) (int, bool) {
	if cell == "" {
		return 0, true
	}
	m := years.FindStringSubmatch(cell)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil
}

// countOf reads a count: «12», «12 шт.», «1 200», «3,00».
func countOf(cell string) (int, bool) {
	text := strings.TrimRight(strings.ReplaceAll(cell, " ", ""), "шт.")
	whole, part, _ := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	n, err := strconv.Atoi(whole)
	return n, err == nil && strings.Trim(part, "0") == ""
}
