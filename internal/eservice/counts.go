package eservice

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Bounds of a file with the service centre's counts.
const (
	MaxCountsFile = 1 << 20
	maxCountRows  = 5000
	maxCount      = 10_000_000
)

// CountRow is one line of the file as it was understood.
type CountRow struct {
	Line    int
	Month   string // "2026-10"
	Service string // slug of an instruction, or the centre's own name
	Known   bool   // Service is an instruction
	Online  int64
	Desk    int64
	Helped  int64
}

// RowFault is what is wrong with a line; Key is a message key.
type RowFault struct {
	Line  int
	Key   string
	Value string
}

var monthShape = regexp.MustCompile(`^20\d{2}-(0[1-9]|1[0-2])$`)

// The columns of the file, by the words of its head.
var columns = map[string]string{
	"month": "month", "місяць": "month", "service": "service", "послуга": "service", "online": "online", "онлайн": "online",
	"desk": "desk", "у вікні": "desk", "особисто": "desk", "helped": "helped", "з допомогою": "helped", "допомога": "helped",
}

// ReadCounts reads a CSV of the service centre: month; service; online; desk; helped. The
// separator (comma, semicolon, tab) and the letters (UTF-8 with or without a mark, cp1251)
// are recognised. Errors: Invalid for a file that is no such table at all; lines that are
// wrong are listed and left out.
func (s *Service) ReadCounts(r io.Reader) (rows []CountRow, bad []RowFault, err error) {
	defer fault.Wrap(&err, "eservice.ReadCounts")
	raw, err := io.ReadAll(io.LimitReader(r, MaxCountsFile+1))
	if err != nil {
		return nil, nil, fault.From(err, fault.Invalid, "service.counts.read")
	}
	if len(raw) > MaxCountsFile {
		return nil, nil, fault.New(fault.Invalid, "service.counts.large")
	}
	text := strings.TrimPrefix(string(raw), "\ufeff")
	if !utf8.ValidString(text) {
		decoded, err := charmap.Windows1251.NewDecoder().String(text)
		if err != nil {
			return nil, nil, fault.New(fault.Invalid, "service.counts.letters")
		}
		text = decoded
	}
	in := csv.NewReader(bufio.NewReader(strings.NewReader(text)))
	in.FieldsPerRecord, in.Comma, in.LazyQuotes, in.TrimLeadingSpace = -1, separator(text), true, true
	head, err := in.Read()
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "service.counts.head")
	}
	at := map[string]int{}
	for i, h := range head {
		if name := columns[strings.ToLower(strings.TrimSpace(h))]; name != "" {
			at[name] = i
		}
	}
	for _, need := range []string{"month", "service", "desk"} {
		if _, ok := at[need]; !ok {
			return nil, nil, fault.New(fault.Invalid, "service.counts.head")
		}
	}
	seen := map[string]bool{}
	this := s.o.Now().In(i18n.Kyiv).Format("2006-01")
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, bad, nil
		}
		line, _ := in.FieldPos(0)
		if err != nil {
			bad = append(bad, RowFault{Line: line, Key: "service.counts.row"})
			if len(bad) > maxCountRows {
				return rows, bad, nil
			}
			continue
		}
		if len(rows)+len(bad) >= maxCountRows {
			bad = append(bad, RowFault{Line: line, Key: "service.counts.many"})
			return rows, bad, nil
		}
		row, wrong := s.countRow(record, at, line, this)
		id := row.Month + "." + row.Service
		if wrong == nil && seen[id] {
			wrong = &RowFault{line, "service.counts.twice", row.Service}
		}
		if wrong != nil {
			bad = append(bad, *wrong)
			continue
		}
		seen[id] = true
		rows = append(rows, row)
	}
}

func (s *Service) countRow(record []string, at map[string]int, line int, this string) (row CountRow, wrong *RowFault) {
	cell := func(name string) string {
		if i, ok := at[name]; ok && i < len(record) {
			return strings.TrimSpace(record[i])
		}
		return ""
	}
	row = CountRow{Line: line, Month: monthOf(cell("month")), Service: cell("service")}
	switch {
	case !monthShape.MatchString(row.Month):
		return row, &RowFault{line, "service.counts.month", short(cell("month"))}
	case row.Month > this:
		return row, &RowFault{line, "service.counts.future", row.Month}
	case row.Service == "" || utf8.RuneCountInString(row.Service) > 120:
		return row, &RowFault{line, "service.counts.service", short(row.Service)}
	}
	if slug := s.slugOf(row.Service); slug != "" {
		row.Service, row.Known = slug, true
	}
	for name, into := range map[string]*int64{"online": &row.Online, "desk": &row.Desk, "helped": &row.Helped} {
		text := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(cell(name))
		if text == "" || text == "-" || text == "–" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > maxCount {
			return row, &RowFault{line, "service.counts.number", short(cell(name))}
		}
		*into = n
	}
	return row, nil
}

// slugOf finds an instruction by its slug, number or exact title.
func (s *Service) slugOf(name string) string {
	for _, e := range s.All() {
		if name == e.Slug || name == strconv.Itoa(e.Number) || strings.EqualFold(name, e.Title.UK) || strings.EqualFold(name, e.Title.EN) {
			return e.Slug
		}
	}
	return ""
}

// monthOf reads 2026-10, 10.2026 and 10/2026.
func monthOf(text string) string {
	for _, layout := range []string{"2006-01", "01.2006", "01/2006", "1.2006", "2006-01-02", "02.01.2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format("2006-01")
		}
	}
	return text
}

func short(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}

func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best, most := ',', 0
	for _, r := range []rune{';', ',', '\t'} {
		if n := strings.Count(first, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

// SaveCounts stores the lines; one month of one service has one line, a later file
// replaces it.
func (s *Service) SaveCounts(ctx context.Context, who *person.Actor, rows []CountRow) (err error) {
	defer fault.Wrap(&err, "eservice.SaveCounts")
	if len(rows) == 0 {
		return fault.New(fault.Invalid, "service.counts.none")
	}
	if err := s.may(ctx, who, person.ServiceCounts, "service.counts", "month:"+rows[0].Month); err != nil {
		return err
	}
	at := store.At(s.o.Now())
	for _, r := range rows {
		m := &Month{Doc: store.Doc{ID: r.Month + "." + r.Service}, Service: r.Service, Online: r.Online, Desk: r.Desk, Helped: r.Helped, By: who.Person, At: at}
		if err := s.months.Upsert(ctx, m); err != nil {
			return err
		}
	}
	return nil
}
