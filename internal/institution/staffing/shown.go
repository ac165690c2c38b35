package staffing

// Shown is a published count as pages read it.
type Shown struct {
	N   int64 // a multiple of ten
	Few bool  // nothing is shown: fewer than ten, or not looked at yet
	// The fewest and the most people who may stand behind it, by the rule of Move alone.
	Least, Most int64
}

func shown(n int64) Shown {
	x := Shown{N: n, Few: n < Step10, Most: n + Step10 - 1}
	if n > Step10 { // a ten may be anything under twenty
		x.Least = n - Step10 + 1
	}
	return x
}

// part is a published count of some of a whole: within keeps up to minOut people back.
func part(n int64) Shown {
	x := shown(n)
	x.Most += minOut
	return x
}

// Plus is the sum of two published counts, with as much doubt as both have.
func (n Shown) Plus(o Shown) Shown {
	sum := Shown{N: n.N + o.N, Least: n.Least + o.Least, Most: n.Most + o.Most}
	sum.Few = sum.N < Step10
	return sum
}

// Share are the percents between which a part of a whole lies, as far as the published
// counts tell: outward to the next five. The number in the middle would look exact and is
// not. Known is false where the counts allow nearly everything.
type Share struct {
	Low, High int64 // 0 to 100
	Known     bool
}

// ShareOf bounds the share of a part in a whole. It reads published counts only and so
// tells nothing that they do not.
func ShareOf(n, of Shown) (x Share) {
	x.High = 100
	if of.Most > 0 {
		x.Low = min(100, 100*n.Least/of.Most/fives*fives)
	}
	if of.Least > 0 {
		x.High = min(100, (100*n.Most+fives*of.Least-1)/(fives*of.Least)*fives)
	}
	wide := x.High-x.Low > 60
	x.Known = !n.Few && !of.Few && (!wide || x.High == 100 && x.Low >= 25 || x.Low == 0 && x.High <= 75)
	return x
}

const fives = 5
