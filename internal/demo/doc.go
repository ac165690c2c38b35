// Package demo draws an invented city: people with a known skill who answer the
// real instruments, so that every screen has something to show and the estimate
// can be set beside the truth.
//
// Guarantees: the same seed, size and moment give the same sittings; the truth
// is computed from the model and never from what was drawn; whole sittings go
// through the sitting service, which scores and judges them as it does people's.
//
// It knows nothing about real people. It is only ever run on a store that is
// marked demo for ever; that mark is the caller's.
package demo
