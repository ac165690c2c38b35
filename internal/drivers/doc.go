// Package drivers measures what goes together with digital literacy (METHOD
// §12): association of two categories (Pearson's X², Cramér's V, the Rao–Scott
// tests), of a category and a score (η²), a weighted linear model with standard
// errors by design, Wald tests per factor, adjusted means, Shapley shares of R²
// and variance inflation.
//
// The design of the sample enters through the interface Variance, which
// weighting.Sample implements, so strata, clusters, finite populations and
// fitted margins count in every error here as they do in a mean.
//
// It guarantees that a model that is not identified is an error that names the
// column, that nothing is imputed (rows with a missing value stay in the design
// with weight of no influence), and the same output for the same input. It does
// not tell cause from association and does not decide what may be published.
package drivers

import "errors"

// Failures of this package. Test with errors.Is; the text names what is wrong.
var (
	// ErrInput: lengths that differ, values that are not finite, weights
	// below 0, an unknown factor.
	ErrInput = errors.New("drivers: bad input")
	// ErrNotIdentified: a column of the model depends on the others, or a
	// table has a single row or column.
	ErrNotIdentified = errors.New("drivers: not identified")
	// ErrTooFew: fewer rows or sampling units than the model needs.
	ErrTooFew = errors.New("drivers: too few")
)

// Variance is the design of the sample behind the rows.
type Variance interface {
	// Covariance of figures from their linearised variables, one slice of one
	// value per row for each figure.
	Covariance(z [][]float64) ([][]float64, error)
	// DFOf is sampling units minus strata among the rows in use.
	DFOf(use []bool) float64
}

// Bounds of what this package takes.
const (
	MaxRows    = 50_000_000
	MaxColumns = 500 // columns of a model, cells of a table
	MaxFactors = 10  // factors whose Shapley shares are computed (METHOD §12)
)
