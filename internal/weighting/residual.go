package weighting

// projector regresses a variable on the dummies of the margins, weighted by
// the base weights: what is left, the residual, is what the margins do not
// explain and so what still varies between samples (METHOD §5). For a single
// margin it takes the mean of the category, for raking it is the exact limit
// of survey's alternating projections.
type projector struct {
	offset []int     // first column of each margin
	size   int       // columns
	inv    []float64 // generalised inverse of the normal matrix, size × size
	of     [][]int   // category of each unit, per margin
}

// newProjector builds the normal matrix Σ d·x·xᵀ over units with base weight d
// that stand for mult rows each (nil: one), and inverts it.
func newProjector(of [][]int, sizes []int, base, mult []float64) *projector {
	p := &projector{of: of}
	for _, s := range sizes {
		p.offset = append(p.offset, p.size)
		p.size += s
	}
	a := make([]float64, p.size*p.size)
	for i := range of[0] {
		d := 1.0
		if base != nil {
			d = base[i]
		}
		if mult != nil {
			d *= mult[i]
		}
		if d == 0 {
			continue
		}
		for j := range of {
			row := (p.offset[j] + of[j][i]) * p.size
			for k := range of {
				a[row+p.offset[k]+of[k][i]] += d
			}
		}
	}
	p.inv = sweep(a, p.size)
	return p
}

// sweep inverts a symmetric positive semi-definite matrix in place by the
// sweep operator (Goodnight 1979); columns that depend on earlier ones, as
// margin dummies always do, are left out, which gives a generalised inverse.
func sweep(a []float64, n int) []float64 {
	const tolerance = 1e-10
	diag := make([]float64, n)
	for k := range n {
		diag[k] = a[k*n+k]
	}
	swept := make([]bool, n)
	for k := range n {
		pivot := a[k*n+k]
		if !(pivot > tolerance*diag[k]) {
			continue
		}
		swept[k] = true
		for j := range n {
			a[k*n+j] /= pivot
		}
		for i := range n {
			if i == k {
				continue
			}
			b := a[i*n+k]
			if b == 0 {
				continue
			}
			for j := range n {
				a[i*n+j] -= b * a[k*n+j]
			}
			a[i*n+k] = -b / pivot
		}
		a[k*n+k] = 1 / pivot
	}
	for i := range n {
		for j := range n {
			if !swept[i] || !swept[j] {
				a[i*n+j] = 0
			}
		}
	}
	return a
}

// fit gives the coefficients for Σ d·x·z, one sum per column.
func (p *projector) fit(rhs []float64) []float64 {
	b := make([]float64, p.size)
	for i := range b {
		var s float64
		for j, r := range rhs {
			s += p.inv[i*p.size+j] * r
		}
		b[i] = s
	}
	return b
}

// fitted is the value of the regression at unit i.
func (p *projector) fitted(coef []float64, i int) float64 {
	var s float64
	for k, of := range p.of {
		s += coef[p.offset[k]+of[i]]
	}
	return s
}

// residuals of a variable given per unit.
func (p *projector) residuals(z, base []float64) []float64 {
	rhs := make([]float64, p.size)
	for i, v := range z {
		if base != nil {
			v *= base[i]
		}
		for k, of := range p.of {
			rhs[p.offset[k]+of[i]] += v
		}
	}
	coef := p.fit(rhs)
	e := make([]float64, len(z))
	for i, v := range z {
		e[i] = v - p.fitted(coef, i)
	}
	return e
}
