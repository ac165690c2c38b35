package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The stemmer is light: it takes off the ending of the case, number, person or gender,
// and a few suffixes that change with them. It knows no dictionary. Two forms of one word
// meet in nearly all cases; two different words meet now and then («кит» and «кіт»), which
// ranking bears better than a form that is not found.

// endings in folded letters, Ukrainian and Russian together. The longest that leaves at
// least three letters is taken off.
var endings = byLength(`
а я у ю о е и й
ою ею ом ем им ам ям ами ями ах ях их ив ов ев ей ови еви
ия ию ие ии ий ией иею ием иям иями иях ия
ого ому ему им ими ий ая яя ое ее ие ую юю ой
аня еня иня утя аню еню аням еням аним аном аней ани ени ан ен аня
ати яти ити ути увати ювати овати ирувати
ать ять ат ят ит ут ют ет ем емо имо ете ите еш иш
ав ала ало али яв яла яли ив ила ило или ув ула ули
уе ює ую уют уют уемо уете уеш уй уйте ит
аеш ае аю ают аемо аете ай айте яе яю яют
ила ило или
`)

func byLength(s string) []string {
	list := strings.Fields(fold(s))
	slices.Sort(list)
	list = slices.Compact(list)
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}

// least is how many letters a stem keeps.
const least = 3

// stem takes the ending off one folded word. Words of figures and short ones stay.
func stem(w string) string {
	if w == "" {
		return w
	}
	if first, _ := utf8.DecodeRuneInString(w); !isCyrillic(first) {
		return stemLatin(w)
	}
	n := utf8.RuneCountInString(w)
	if n <= least {
		return w
	}
	for _, own := range []string{"тися", "тис", "вся", "лася", "лося", "лися"} { // the reflexive goes, the verb stays
		if strings.HasSuffix(w, own) && n > 5 {
			w = strings.TrimSuffix(strings.TrimSuffix(w, "ся"), "с")
			break
		}
	}
	w = softened(w)
	for _, e := range endings {
		if rest, ok := strings.CutSuffix(w, e); ok && utf8.RuneCountInString(rest) >= least {
			w = rest
			break
		}
	}
	for _, s := range []string{"ийн", "ион"} { // пенсійний, пенсионный: as пенсія
		if rest, ok := strings.CutSuffix(w, s); ok && utf8.RuneCountInString(rest) >= least {
			return rest
		}
	}
	for _, s := range [][2]string{{"ок", "к"}, {"ец", "ц"}} { // the vowel that comes and goes: карток, картка
		rest, ok := strings.CutSuffix(w, s[0])
		if last, _ := utf8.DecodeLastRuneInString(rest); ok && utf8.RuneCountInString(rest) >= least && isConsonant(last) {
			return rest + s[1]
		}
	}
	return w
}

// softened undoes the change of the last consonant in front of -і: картці, допомозі.
func softened(w string) string {
	rest, ok := strings.CutSuffix(w, "ци")
	if ok && utf8.RuneCountInString(rest) >= least {
		if last, _ := utf8.DecodeLastRuneInString(rest); last != 'и' && last != 'я' && last != 'а' {
			return rest + "ки"
		}
	}
	if rest, ok = strings.CutSuffix(w, "ози"); ok && utf8.RuneCountInString(rest) >= least {
		return rest + "оги"
	}
	return w
}

// stemLatin takes the plural and -ing off an English word.
func stemLatin(w string) string {
	for _, e := range []string{"ies", "ing", "es", "ed", "s", "e"} {
		if rest, ok := strings.CutSuffix(w, e); ok && len(rest) >= 4 {
			if e == "ies" {
				return rest + "y"
			}
			return rest
		}
	}
	return w
}

// stops are words that tell nothing about what is looked for, folded.
var stops = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(fold(`а але або аби без би б бо в від во вам вас ваш ви він вона воно вони все всі вже де для до є ж же за з зі із й і та так таке такий там те ти то той том у
		уже хто це цей ця ці чи чого чому чим що щоб щось я як яка яке який які яку коли куди мене мені мій моя моє мої мою мною на над нам нас не немає нема ні нічого ну об одна один по при про свій своя себе собі тут треба можна потрібно бути був була було хочу можу буду якщо ще
		как что где и или если мне меня мой моя мое мои мою надо нужно можно хочу могу это этот эта эти он она они мы вы вам уже еще есть нет ли бы чтобы почему когда куда кто какой какая какие к с со от из у о об про для при через
		the a an is are am be to of in on at my me i you your it this that how what where when why do does did can could with and or not no for from by as`)) {
		m[w] = true
	}
	return m
}()
