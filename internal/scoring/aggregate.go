package scoring

import (
	"fmt"
	"math"
)

// slack is the tolerance for binary fractions: a mean of thirds that is 60 on
// paper may be 59.999999999999993 in a float64.
const slack = 1e-9

// Structure is the framework as scoring needs it: areas in order, each with
// the ids of its competences. Area sizes are data (METHOD §0).
type Structure []AreaStructure

// AreaStructure is one area and its competences.
type AreaStructure struct {
	ID          string
	Competences []string
}

// Validate refuses empty areas and ids that stand twice.
func (s Structure) Validate() error {
	if len(s) == 0 {
		return fmt.Errorf("%w: a structure without areas", ErrInput)
	}
	seen := map[string]bool{}
	for _, a := range s {
		if a.ID == "" || seen[a.ID] || len(a.Competences) == 0 {
			return fmt.Errorf("%w: area %q is empty or stands twice", ErrInput, a.ID)
		}
		seen[a.ID] = true
		for _, c := range a.Competences {
			if c == "" || seen[c] {
				return fmt.Errorf("%w: competence %q is empty or stands twice", ErrInput, c)
			}
			seen[c] = true
		}
	}
	return nil
}

// Value is a score of 0 to 100 that may be missing. Parts is the number of
// parts below it (items of a competence, competences of an area, areas of the
// whole), Present how many of them have a value.
type Value struct {
	ID      string
	Score   float64 // 0 to 100; 0 when not Known
	Known   bool
	Parts   int
	Present int
	// SEM is the standard error of measurement in points (areas and overall;
	// METHOD §9); NaN where it is unknown.
	SEM float64
}

// Scores is what one sitting is worth.
type Scores struct {
	Competences []Value // in the order of the structure
	Areas       []Value
	Overall     Value
}

// Aggregate takes all items of one kind of a form (also those without a
// value) and gives the scores of METHOD §2:
//
//	C_k = 100·mean(s_j)  if at least 50 % of the items of k have a value
//	A_a = mean(C_k)      if at least 60 % of the competences of a are known
//	O   = mean(A_a)      if all areas are known
//
// Items of both kinds in one call, an unknown competence or an item score
// outside [0, 1] are errors.
func Aggregate(s Structure, items []Response) (Scores, error) {
	if err := s.Validate(); err != nil {
		return Scores{}, err
	}
	type sum struct {
		parts, present int
		total          float64
	}
	count := 0
	for _, a := range s {
		count += len(a.Competences)
	}
	sums := make([]sum, 0, count)
	place := make(map[string]int, count) // of a competence in sums
	for _, a := range s {
		for _, c := range a.Competences {
			place[c] = len(sums)
			sums = append(sums, sum{})
		}
	}
	for i, it := range items {
		at, known := place[it.Competence]
		if !known {
			return Scores{}, fmt.Errorf("%w: item %d of unknown competence %q", ErrInput, i, it.Competence)
		}
		c := &sums[at]
		if it.Kind != items[0].Kind {
			return Scores{}, fmt.Errorf("%w: tested and self-assessed items are never averaged", ErrInput)
		}
		c.parts++
		if v, present := it.Value(); present {
			if !(v >= 0 && v <= 1) {
				return Scores{}, fmt.Errorf("%w: item %d has score %v", ErrInput, i, v)
			}
			c.present++
			c.total += v
		}
	}
	out := Scores{Overall: Value{Parts: len(s), SEM: math.NaN()},
		Competences: make([]Value, 0, count), Areas: make([]Value, 0, len(s))}
	var semSquares float64
	for _, a := range s {
		area := Value{ID: a.ID, Parts: len(a.Competences)}
		var total, itemTotal float64
		var itemCount int
		for _, id := range a.Competences {
			c := sums[place[id]]
			v := Value{ID: id, Parts: c.parts, Present: c.present, SEM: math.NaN()}
			if c.present > 0 && 2*c.present >= c.parts {
				v.Known, v.Score = true, 100*c.total/float64(c.present)
				area.Present++
				total += v.Score
			}
			itemTotal += c.total
			itemCount += c.present
			out.Competences = append(out.Competences, v)
		}
		area.SEM = LordSEM(itemTotal, itemCount)
		if 5*area.Present >= 3*area.Parts {
			area.Known, area.Score = true, total/float64(area.Present)
			out.Overall.Present++
			out.Overall.Score += area.Score
			semSquares += area.SEM * area.SEM
		}
		out.Areas = append(out.Areas, area)
	}
	if out.Overall.Present < out.Overall.Parts {
		out.Overall.Score = 0
		return out, nil
	}
	n := float64(out.Overall.Parts)
	out.Overall.Known = true
	out.Overall.Score /= n
	out.Overall.SEM = math.Sqrt(semSquares) / n
	return out, nil
}

// LordSEM is Lord's binomial error in points for k items whose scores sum to
// total (METHOD §9, before calibration):
//
//	100·√( Σ p(1−p) / (k(k−1)) ) = 100·√( p(1−p)/(k−1) ),  p = total/k
//
// p is the person's own proportion; with the single 0/1 scores in its place
// the sum would be zero for everyone. For items with partial credit it is an
// upper bound, because p(1−p) is the largest variance a value in [0, 1] with
// mean p can have. It is 0 at no and at full score, where it says less than
// it seems to. Under two items it is NaN: unknown.
//
// The error of the overall is √(Σ SEM_a²)/areas: areas are answered
// independently given the person.
func LordSEM(total float64, k int) float64 {
	if k < 2 {
		return math.NaN()
	}
	p := min(max(total/float64(k), 0), 1)
	return 100 * math.Sqrt(p*(1-p)/float64(k-1))
}
