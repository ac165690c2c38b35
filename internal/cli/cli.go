// Package cli is what an operator types: each command parses its words, builds
// the parts it needs and speaks Ukrainian or English (OSVITLO_LANG, then LANG).
//
// Run never panics on input and never starts half-configured. Exit codes: 0 done,
// 1 failed (the reason stands on standard error), 2 the words were wrong, 3 a
// computation did not converge or its bounds cannot be met.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/statsbench"
)

// Exit codes.
const (
	done   = 0
	failed = 1
	usage  = 2
)

// term is where a command reads its words from and writes to.
type term struct {
	args   []string
	getenv func(string) string
	out    io.Writer
	err    io.Writer
	lang   string
}

// say picks the text of the operator's language.
func (t *term) say(uk, en string) string {
	if t.lang == i18n.English {
		return en
	}
	return uk
}

// command is one word of the program.
type command struct {
	name   string
	args   string // shown behind the name
	uk, en string // one line each
	run    func(context.Context, *term) error
}

// errUsage marks words that could not be understood.
var errUsage = errors.New("usage")

func commands() []command {
	return []command{
		{"serve", "[--demo]", "запустити сайт", "start the site", serve},
		{"demo", "[--demo-people N] [--demo-seed S]", "створити демонстраційне місто в теці даних", "make the demo city in the data folder", makeDemo},
		{"migrate", "", "підготувати сховище до цієї версії програми", "prepare the store for this version", migrate},
		{"content check", "[DIR] [--all]", "перевірити запитання, анкети й тексти", "check items, instruments and texts", contentCheck},
		{"content sum", "[DIR]", "показати контрольні суми опублікованих версій", "print the sums of published versions", contentSum},
		{"content export", "DIR", "записати курси, опубліковані в браузері, як файли в теку content", "write the courses published in the browser as files into a content folder", contentExport},
		{"items export", "--format qti|gift [--lang uk|en] [--competence ua5.3] [--out FILE]", "передати запитання іншій програмі (QTI 3.0, Moodle GIFT)", "hand items to another program (QTI 3.0, Moodle GIFT)", itemsExport},
		{"items import", "FILE [--format qti|gift] [--lang uk|en] [--report] [--out FILE]", "прочитати чужі запитання як чернетки; --report лише розповідає", "read items of others as drafts; --report only tells", itemsImport},
		{"index show", "[--json]", "показати показник міста", "show the city index", indexShow},
		{"index release", "", "зробити офіційний випуск показника", "cut an official release of the index", indexRelease},
		{"index verify", "DIR_OR_ZIP [--data DIR]", "перерахувати завантажений випуск і перевірити підпис", "recompute a downloaded release and check its signature", indexVerify},
		{"export", "sittings|answers|table|microdata [--format csv|ndjson|xlsx|sps|do] [--wave W] [-o FILE|--out DIR]", "вивантажити відповіді", "export the answers", export},
		{"stats estimate", "--data FILE --spec FILE", benches["stats estimate"].uk, benches["stats estimate"].en, bench("stats estimate", statsEstimate)},
		{"stats reliability", "--data FILE [--items LIST] [--reverse LIST]", benches["stats reliability"].uk, benches["stats reliability"].en, bench("stats reliability", statsReliability)},
		{"stats irt", "--data FILE [--model 2PL|1PL|both|auto]", benches["stats irt"].uk, benches["stats irt"].en, bench("stats irt", statsIRT)},
		{"stats eap", "--items FILE --responses FILE", benches["stats eap"].uk, benches["stats eap"].en, bench("stats eap", statsEAP)},
		{"stats cat", "--items FILE --responses FILE [--rule RULE]", benches["stats cat"].uk, benches["stats cat"].en, bench("stats cat", statsCAT)},
		{"stats dif", "--data FILE --group COLUMN", benches["stats dif"].uk, benches["stats dif"].en, bench("stats dif", statsDIF)},
		{"stats assoc", "--data FILE --x COLUMN --y COLUMN", benches["stats assoc"].uk, benches["stats assoc"].en, bench("stats assoc", statsAssoc)},
		{"stats drivers", "--data FILE --formula \"y ~ a + b\"", benches["stats drivers"].uk, benches["stats drivers"].en, bench("stats drivers", statsDrivers)},
		{"stats suppress", "--table FILE", benches["stats suppress"].uk, benches["stats suppress"].en, bench("stats suppress", statsSuppress)},
		{"stats ipf", "--table FILE", benches["stats ipf"].uk, benches["stats ipf"].en, bench("stats ipf", statsIPF)},
		{"stats score", "--items FILE --responses FILE", benches["stats score"].uk, benches["stats score"].en, bench("stats score", statsScore)},
		{"stats dsi", "--data FILE", benches["stats dsi"].uk, benches["stats dsi"].en, bench("stats dsi", statsDSI)},
		{"simulate", "[--bank 2pl|1pl|content|FILE] [--persons N]", benches["simulate"].uk, benches["simulate"].en, bench("simulate", simulate)},
		{"stats", "help", "усе про столик статистика", "all about the statistician's bench", stats},
		{"user add", "--role ROLE [--place PLACE] [--json]", "додати людину з роллю; адреса входу діє один раз, 15 хвилин", "add a person with a role; the sign-in address works once, for 15 minutes", userAdd},
		{"user link", "--person ID", "нова адреса входу для людини", "a new sign-in address for a person", userLink},
		{"role grant", "--person ID --role ROLE [--place PLACE] [--until DAY]", "дати роль", "give a role", roleGrant},
		{"role revoke", "--person ID --role ROLE [--place PLACE]", "забрати роль і завершити входи людини", "take a role back and end the person's sessions", roleRevoke},
		{"session revoke", "--person ID | --all", "завершити входи людини або всіх", "end the sessions of a person or of everybody", sessionRevoke},
		{"keys new", "", "надрукувати ключ для OSVITLO_KEYS", "print a key for OSVITLO_KEYS", keysNew},
		{"keys rotate", "", "запечатати все першим ключем; сайт працює далі", "seal everything under the first key; the site goes on", keysRotate},
		{"audit verify", "[--json]", "перевірити журнал дій: чи нічого не вилучено й не змінено", "check the audit log: nothing removed, nothing changed", auditVerify},
		{"healthcheck", "[URL]", "спитати запущену програму, чи вона готова", "ask a running program whether it is ready", healthcheck},
		{"version", "", "показати версію", "print the version", version},
	}
}

// Run carries out one command and returns the exit code.
func Run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	t := &term{getenv: getenv, out: stdout, err: stderr, lang: language(getenv)}
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		help(t, t.out)
		if len(args) == 0 {
			return usage
		}
		return done
	}
	for _, c := range commands() {
		words := strings.Fields(c.name)
		if !begins(args, words) {
			continue
		}
		t.args = args[len(words):]
		return t.finish(c, c.run(ctx, t))
	}
	fmt.Fprintf(t.err, t.say("Немає команди «%s». Ось що є:\n\n", "There is no command %q. Here is what there is:\n\n"), strings.Join(args, " "))
	help(t, t.err)
	return usage
}

func (t *term) finish(c command, err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return done
	case errors.Is(err, errUsage):
		fmt.Fprintf(t.err, "%v\n%s: osvitlo %s %s\n", err, t.say("Пишіть так", "Usage"), c.name, c.args)
		return usage
	default:
		fmt.Fprintf(t.err, "%s: %v\n", t.say("Не вдалося", "Failed"), err)
		if un := (*statsbench.UnreachedError)(nil); errors.As(err, &un) {
			return notReached
		}
		return failed
	}
}

func begins(args, words []string) bool {
	if len(args) < len(words) {
		return false
	}
	for i, w := range words {
		if args[i] != w {
			return false
		}
	}
	return true
}

func language(getenv func(string) string) string {
	if lang := getenv("OSVITLO_LANG"); i18n.Known(lang) {
		return lang
	}
	if strings.HasPrefix(getenv("LANG"), "en") {
		return i18n.English
	}
	return i18n.Ukrainian
}
