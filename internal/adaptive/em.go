package adaptive

import (
	"math"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/floats"
)

// params are slopes and intercepts, P = 1/(1+exp(−(a·θ+c))): first all
// intercepts, then the slopes (one if common).
type params struct {
	v      []float64
	items  int
	common bool
}

func (p params) intercept(j int) float64 { return p.v[j] }

func (p params) slope(j int) float64 {
	if p.common {
		return p.v[p.items]
	}
	return p.v[p.items+j]
}

// chunks is the fixed number of parts the persons are divided into, so that
// sums are added in one order whatever the number of processors.
const chunks = 16

// em holds what the steps share.
type em struct {
	a       *Answers
	theta   []float64
	prior   []float64 // log
	common  bool
	workers int
	right   []float64 // log P per item and node
	wrong   []float64 // log (1−P)
	parts   []part
}

// part is the sums of one chunk: expected right and wrong answers per item and
// node, and the log-likelihood.
type part struct {
	right, wrong []float64
	loglik       float64
}

func newEM(a *Answers, o CalibrateOptions) *em {
	k := o.Grid.Nodes
	e := &em{a: a, theta: make([]float64, k), prior: make([]float64, k), common: o.Model == OneParameter, workers: o.Workers,
		right: make([]float64, a.items*k), wrong: make([]float64, a.items*k), parts: make([]part, chunks)}
	if e.workers <= 0 {
		e.workers = runtime.GOMAXPROCS(0)
	}
	var sum float64
	for i := range k {
		t := o.Grid.Low + float64(i)*o.Grid.step()
		e.theta[i] = t
		e.prior[i] = math.Exp(-t * t / 2)
		sum += e.prior[i]
	}
	for i := range k {
		e.prior[i] = math.Log(e.prior[i] / sum)
	}
	for i := range e.parts {
		e.parts[i] = part{right: make([]float64, a.items*k), wrong: make([]float64, a.items*k)}
	}
	return e
}

// begin starts from slopes of 1 and intercepts that fit the mean scores.
func (e *em) begin(mean []float64) params {
	p := params{items: e.a.items, common: e.common}
	for _, m := range mean {
		m = min(max(m, 0.01), 0.99)
		p.v = append(p.v, 1.2*math.Log(m/(1-m)))
	}
	if e.common {
		p.v = append(p.v, 1)
	} else {
		for range mean {
			p.v = append(p.v, 1)
		}
	}
	return p
}

func (e *em) tabulate(p params) {
	k := len(e.theta)
	for j := range e.a.items {
		a, c := p.slope(j), p.intercept(j)
		for i, t := range e.theta {
			x := a*t + c
			s := softplus(x)
			e.right[j*k+i], e.wrong[j*k+i] = x-s, -s
		}
	}
}

// each runs the chunks on all processors.
func (e *em) each(run func(chunk, from, to int)) {
	n := e.a.Persons()
	var wait sync.WaitGroup
	next := make(chan int, chunks)
	for c := range chunks {
		next <- c
	}
	close(next)
	for range min(e.workers, chunks) {
		wait.Go(func() {
			for c := range next {
				run(c, c*n/chunks, (c+1)*n/chunks)
			}
		})
	}
	wait.Wait()
}

// posterior of one person into post, with the log-likelihood.
func (e *em) posterior(person int, post []float64) float64 {
	k := len(e.theta)
	copy(post, e.prior)
	for at := e.a.start[person]; at < e.a.start[person+1]; at++ {
		j := int(e.a.item[at]) * k
		switch s := e.a.score[at]; s {
		case 1:
			floats.Add(post, e.right[j:j+k])
		case 0:
			floats.Add(post, e.wrong[j:j+k])
		default:
			floats.AddScaled(post, s, e.right[j:j+k])
			floats.AddScaled(post, 1-s, e.wrong[j:j+k])
		}
	}
	top := floats.Max(post)
	var sum float64
	for i, v := range post {
		post[i] = math.Exp(v - top)
		sum += post[i]
	}
	floats.Scale(1/sum, post)
	return top + math.Log(sum)
}

// expect is the E step: expected right and wrong answers and the likelihood.
func (e *em) expect(p params) (right, wrong []float64, loglik float64) {
	e.tabulate(p)
	k := len(e.theta)
	e.each(func(c, from, to int) {
		s := &e.parts[c]
		clear(s.right)
		clear(s.wrong)
		s.loglik = 0
		post := make([]float64, k)
		for person := from; person < to; person++ {
			if e.a.start[person] == e.a.start[person+1] {
				continue
			}
			s.loglik += e.posterior(person, post)
			for at := e.a.start[person]; at < e.a.start[person+1]; at++ {
				j := int(e.a.item[at]) * k
				switch score := e.a.score[at]; score {
				case 1:
					floats.Add(s.right[j:j+k], post)
				case 0:
					floats.Add(s.wrong[j:j+k], post)
				default:
					floats.AddScaled(s.right[j:j+k], score, post)
					floats.AddScaled(s.wrong[j:j+k], 1-score, post)
				}
			}
		}
	})
	right, wrong, loglik = e.parts[0].right, e.parts[0].wrong, e.parts[0].loglik
	for _, s := range e.parts[1:] {
		floats.Add(right, s.right)
		floats.Add(wrong, s.wrong)
		loglik += s.loglik
	}
	return right, wrong, loglik
}

// bounds of slopes and intercepts: far beyond what means anything, near enough
// that nothing overflows.
const (
	maxSlope     = 12.0
	maxIntercept = 40.0
)

// maximise is the M step: a logistic regression per item on the nodes, by
// Newton's method; with a common slope, one Newton step on the arrow-shaped
// system of all items at a time.
func (e *em) maximise(p params, right, wrong []float64) params {
	k := len(e.theta)
	out := params{v: append([]float64(nil), p.v...), items: p.items, common: p.common}
	for range 20 {
		var worst, ga, haa float64
		type line struct{ gc, hcc, hac float64 }
		lines := make([]line, p.items)
		for j := range p.items {
			a, c := out.slope(j), out.intercept(j)
			var g, h line
			var gaj, haaj float64
			for i, t := range e.theta {
				n := right[j*k+i] + wrong[j*k+i]
				q := 1 / (1 + math.Exp(-(a*t + c)))
				d := right[j*k+i] - n*q
				w := n * q * (1 - q)
				g.gc += d
				gaj += d * t
				h.hcc += w
				h.hac += w * t
				haaj += w * t * t
			}
			g.hcc, g.hac = h.hcc, h.hac
			lines[j] = g
			if p.common {
				ga += gaj
				haa += haaj
				continue
			}
			det := g.hcc*haaj - g.hac*g.hac
			if !(det > 1e-12*g.hcc*haaj) {
				continue
			}
			dc := (haaj*g.gc - g.hac*gaj) / det
			da := (g.hcc*gaj - g.hac*g.gc) / det
			da, dc = clip(da, 1), clip(dc, 2)
			out.v[p.items+j] = clip(a+da, maxSlope)
			out.v[j] = clip(c+dc, maxIntercept)
			worst = max(worst, math.Abs(da), math.Abs(dc))
		}
		if p.common {
			for _, l := range lines {
				ga -= l.hac * l.gc / l.hcc
				haa -= l.hac * l.hac / l.hcc
			}
			da := clip(ga/haa, 1)
			for j, l := range lines {
				dc := clip((l.gc-l.hac*da)/l.hcc, 2)
				out.v[j] = clip(out.v[j]+dc, maxIntercept)
				worst = max(worst, math.Abs(dc))
			}
			out.v[p.items] = clip(out.v[p.items]+da, maxSlope)
			worst = max(worst, math.Abs(da))
		}
		if worst < 1e-9 {
			break
		}
	}
	return out
}

func clip(v, limit float64) float64 { return min(max(v, -limit), limit) }

// step is one EM cycle.
func (e *em) step(p params) (params, float64) {
	right, wrong, loglik := e.expect(p)
	return e.maximise(p, right, wrong), loglik
}

// settle repeats cycles until no parameter moves, extrapolating every second
// one (SQUAREM). The likelihood at each accepted point is at least the last.
func (e *em) settle(p params, o CalibrateOptions, out *Calibrated) (params, error) {
	var loglik float64
	change := math.Inf(1)
	for out.Cycles < o.MaxCycles {
		p1, l0 := e.step(p)
		p2, l1 := e.step(p1)
		out.Cycles += 2
		change, loglik = distance(p1, p2), l1
		if change <= o.Tolerance {
			out.LogLik, out.Change = e.loglik(p2), change
			return p2, nil
		}
		far := p2.extrapolate(p, p1)
		next, l := e.step(far)
		out.Cycles++
		if l >= l1 && l >= l0 && !math.IsNaN(l) {
			p, loglik = next, l
		} else {
			p = p2
		}
	}
	return p, &UnsettledError{Cycles: out.Cycles, Change: change, LogLik: loglik}
}

func (e *em) loglik(p params) float64 {
	_, _, l := e.expect(p)
	return l
}

func distance(p, q params) float64 {
	d := 0.0
	for i := range p.v {
		d = max(d, math.Abs(p.v[i]-q.v[i]))
	}
	return d
}

// extrapolate goes on from p2 along the last two moves from p0 over p1.
func (p2 params) extrapolate(p0, p1 params) params {
	var rr, vv float64
	for i := range p2.v {
		r := p1.v[i] - p0.v[i]
		v := p2.v[i] - p1.v[i] - r
		rr += r * r
		vv += v * v
	}
	alpha := -1.0
	if vv > 0 {
		alpha = min(-1, -math.Sqrt(rr/vv))
	}
	alpha = max(alpha, -64)
	out := params{v: make([]float64, len(p2.v)), items: p2.items, common: p2.common}
	for i := range out.v {
		r := p1.v[i] - p0.v[i]
		v := p2.v[i] - p1.v[i] - r
		limit := maxIntercept
		if i >= p2.items {
			limit = maxSlope
		}
		out.v[i] = clip(p0.v[i]-2*alpha*r+alpha*alpha*v, limit)
	}
	return out
}
