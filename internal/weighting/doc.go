// Package weighting turns a sample into figures about the population: weights
// by post-stratification, iterative proportional fitting and raking, trimming,
// and weighted means, shares, totals, quantiles and differences with standard
// errors that know about the weighting (METHOD §4 to §6).
//
// There are two paths to the same numbers. The row path (Sample) knows strata,
// clusters, unequal base weights and replicates. The class path (ClassWeights)
// works from exact integer sums per class, n, Σy and Σy² (CONTRACT §7), costs
// microseconds at any number of respondents, and serves the city index. For
// persons as sampling units in one stratum the two agree to 1e-9.
//
// It guarantees that weights are positive and reproduce the targets to 1e-9 or
// the failure is a named error, never a silent half-way result; that rows
// outside a domain stay in the variance with zero; and that the same input
// gives the same output everywhere.
//
// It does not impute, does not decide what may be published (package
// disclosure), and does not make an opt-in sample a probability sample: its
// intervals are model-based (METHOD §4).
package weighting
