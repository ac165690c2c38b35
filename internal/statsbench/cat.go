package statsbench

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"osvitlo/internal/adaptive"
)

// CATAsk is a rule and what else decides a path.
type CATAsk struct {
	Rule     string // ParseRule
	Seed     string // of the draws; person i has Seed:i
	Grid     adaptive.Grid
	Language string
	Theta    []float64
}

var (
	ruleNumber = regexp.MustCompile(`^(precision|se|max_se|length|items|max_items|max|min_items|min|min_per_area|randomesque|best|pretest|seeds)\s*(?:<=|<|=|:)?\s*([0-9.]+)$`)
	ruleWord   = regexp.MustCompile(`^[a-z_-]+$`)
	ruleSplit  = regexp.MustCompile(`\s*(?:[,;|/+{}]|\bor\b|\band\b)\s*`)
)

// ParseRule reads a stop rule: "express", "certificate", or parts joined by
// commas or "or": precision=0.3, length=20, min_items=12, min_per_area=2,
// randomesque=5, sympson-hetter, balance, mfi. Without a name the path is that
// of maximum information with neither balance nor exposure control; nothing at
// all means precision 0.3 or length 20.
func ParseRule(s string) (adaptive.Rule, error) {
	r := adaptive.Plain(0.3, 20)
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" {
		return r, nil
	}
	named, stops := false, false
	for _, part := range ruleSplit.Split(strings.ReplaceAll(s, `"`, ""), -1) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if v, err := strconv.ParseFloat(part, 64); err == nil {
			// A bare number is a length, or a precision when it is under 2.
			if part = "length=" + part; v < 2 {
				part = "precision=" + strings.TrimPrefix(part, "length=")
			}
		}
		if m := ruleNumber.FindStringSubmatch(part); m != nil {
			v, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				return r, badf("rule %q: %q is no number", s, m[2])
			}
			if !stops && !named && (m[1] == "precision" || m[1] == "se" || m[1] == "max_se" || m[1] == "length" || m[1] == "items" || m[1] == "max_items" || m[1] == "max") {
				// Only what is named ends the test.
				r.MaxSE, r.MaxItems, stops = 0, adaptive.MaxItems, true
			}
			switch m[1] {
			case "precision", "se", "max_se":
				r.MaxSE = v
			case "length", "items", "max_items", "max":
				r.MaxItems = int(v)
			case "min_items", "min":
				r.MinItems = int(v)
			case "min_per_area":
				r.MinPerArea = int(v)
			case "randomesque", "best":
				r.Exposure, r.Best = adaptive.Randomesque, int(v)
			case "pretest", "seeds":
				r.Pretest = int(v)
			}
			continue
		}
		if !ruleWord.MatchString(part) {
			return r, badf("rule %q: %q is not understood; a rule is express, certificate, or like precision=0.3,length=20", s, part)
		}
		switch strings.ReplaceAll(part, "_", "-") {
		case "express":
			r, named = adaptive.Express(), true
		case "certificate":
			r, named = adaptive.Certificate(), true
		case "mfi", "plain", "none", "precision-length", "precision", "length":
		case "balance":
			r.Balance = true
		case "no-balance":
			r.Balance = false
		case "randomesque":
			r.Exposure = adaptive.Randomesque
		case "sympson-hetter", "sh":
			r.Exposure = adaptive.SympsonHetter
		case "no-exposure":
			r.Exposure = adaptive.Uncontrolled
		default:
			return r, badf("rule %q: %q is unknown; there are express, certificate, mfi, balance, randomesque, sympson-hetter, precision=…, length=…, min_items=…, min_per_area=…", s, part)
		}
	}
	return r, nil
}

// CAT traces adaptive tests over full vectors of answers (METHOD §13).
func CAT(items, answers *Table, ask CATAsk) (Result, error) {
	rule, err := ParseRule(ask.Rule)
	if err != nil {
		return nil, err
	}
	b, err := Bank(items, ask.Grid)
	if err != nil {
		return nil, err
	}
	rule.MaxItems = min(rule.MaxItems, b.Len())
	if rule.MinItems > rule.MaxItems {
		return nil, badf("at least %d and at most %d items: the bank has %d", rule.MinItems, rule.MaxItems, b.Len())
	}
	g := ask.Grid
	if g == (adaptive.Grid{}) {
		g = adaptive.DefaultGrid()
	}
	out := Result{"rule": Result{"name": rule.Name, "precision": num(rule.MaxSE), "length": rule.MaxItems, "min_items": rule.MinItems, "min_per_area": rule.MinPerArea,
		"balance": rule.Balance, "exposure": string(rule.Exposure)}, "bank_stamp": fmt.Sprintf("%016x", b.Stamp()),
		"method": Result{"selection": "maximum Fisher information at the EAP, start at 0", "eap": fmt.Sprintf("prior N(0,1), %d nodes on [%g,%g]", g.Nodes, g.Low, g.High)}}
	describe(out, b, ask.Theta)
	if answers == nil {
		return out, nil
	}
	scores, err := responses(answers, b)
	if err != nil {
		return nil, err
	}
	place := map[string]int{}
	for j, it := range b.Items() {
		place[it.ID] = j
	}
	var traces []Result
	for i, s := range scores {
		test, err := adaptive.NewTest(b, rule, adaptive.Seed(fmt.Sprintf("%s:%d", ask.Seed, i+1)), ask.Language)
		if err != nil {
			return nil, asInput(err)
		}
		for id, ok := test.Next(); ok; id, ok = test.Next() {
			v := s[place[id]]
			if math.IsNaN(v) {
				return nil, badf("%s: line %d has no answer to %q, which the test asks", answers.Name, answers.line[i], id)
			}
			if err := test.Answer(id, v); err != nil {
				return nil, asInput(err)
			}
		}
		traces = append(traces, trace(i+1, test))
	}
	out["traces"] = traces
	return out, nil
}

func trace(person int, test *adaptive.Test) Result {
	var ids []string
	var x, theta, se, info, k []any
	for _, s := range test.Log() {
		ids = append(ids, s.Item)
		x, theta, se = append(x, num(s.Score)), append(theta, num(s.Theta)), append(se, num(s.SE))
		info, k = append(info, num(s.Information)), append(k, num(s.K))
	}
	o := test.Outcome()
	// The reference tells whether precision was what ended the test.
	return Result{"person": person, "items": ids, "responses": x, "theta": theta, "se": se, "information": info, "K": k, "final": num(o.Theta), "final_se": num(o.SE),
		"rule": []string{string(o.Stop)}, "stop": []string{map[bool]string{true: "TRUE", false: "FALSE"}[o.Stop == adaptive.Precision]},
		"level": o.Level, "level_low": o.Low, "level_high": o.High, "certified": o.Certified, "level_probabilities": nums(o.Mass)}
}
