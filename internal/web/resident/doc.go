// Package resident is the residents' face: the first page, the trust screen, the
// test one screen at a time, the result, advice, the framework in plain words and
// the city's figures.
//
// Guarantees: every page works without script, in both languages and in one
// column; nothing typed is lost after a fault; nothing is stored before the first
// answer; a personal page is never indexed or cached and its address says nothing
// about the person; what does not change between requests is rendered once.
//
// It holds no rule of the domain: what may be answered, what counts and what may
// be shown decide sitting, cityindex and content.
package resident
