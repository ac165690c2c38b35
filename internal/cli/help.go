package cli

import (
	"fmt"
	"io"
	"text/tabwriter"

	"osvitlo/internal/config"
)

// help prints everything an operator needs to begin.
func help(t *term, w io.Writer) {
	fmt.Fprint(w, t.say(`Освітло: місто дізнається, як мешканці володіють цифровими навичками, навчає й показує, чи це допомогло.

Почати на порожній машині, з вигаданими даними:
  osvitlo serve --demo

Команди:
`, `Osvitlo: a city learns how its residents manage digital life, teaches them, and shows whether it worked.

Start on a bare machine with invented data:
  osvitlo serve --demo

Commands:
`))
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(tw, "  %s %s\t%s\n", c.name, c.args, t.say(c.uk, c.en))
	}
	_ = tw.Flush() // the same writer as below
	fmt.Fprint(w, t.say("\nПрапорці (кожен має змінну середовища):\n", "\nFlags (each has an environment variable):\n"))
	tw = tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, row := range config.Flags(t.lang) {
		def := row[1]
		if def != "" {
			def = "[" + def + "]"
		}
		fmt.Fprintf(tw, "  %s\t%s\t%s\n", row[0], row[2], def)
	}
	_ = tw.Flush() // a closed terminal needs no help
	fmt.Fprint(w, t.say(`
Тека даних назавжди або демонстраційна, або справжня: це записано під час створення.
Решту налаштувань (місто, хвиля, MongoDB, MinIO) задають змінні середовища; їхня таблиця — у README.md.
Мова цієї довідки: OSVITLO_LANG=uk або en.
Коди завершення: 0 — зроблено, 1 — не вдалося, 2 — команду не зрозуміли, 3 — обчислення не зійшлося (сказано, до чого дійшло).
`, `
A data folder is demo or real for ever: that is written when it is made.
Everything else (city, wave, MongoDB, MinIO) is set by environment variables; README.md has the table.
Language of this help: OSVITLO_LANG=uk or en.
Exit codes: 0 done, 1 failed, 2 the command was not understood, 3 a computation did not converge (what was reached is said).
`))
}
