// Package search finds documents by the words people really type.
//
// An [Index] holds texts in memory and never changes; whoever changes a text builds a new
// one (5,000 articles take well under a second). A query may hold Ukrainian in any
// grammatical form, a misspelling, Russian or a mixture of both, Ukrainian in Latin
// letters, or words typed in the wrong keyboard layout: «пенсионный», «субсидия», «пароль
// забыла», "subsydiia" and "gfhjkm" all find what they mean. What is found is never
// marked as a mistake of the one who asked.
//
// How a word becomes a term: letters are folded ([fold]: both alphabets of the two
// languages fall onto one set, soft signs and apostrophes go, doubled consonants become
// one), endings are taken off ([stem]), and the rows of words.txt lead from a Russian or
// everyday word to the one our texts use. Scores are BM25 over weighted fields, times the
// share of the query's words that were found; they compare hits of one query and mean
// nothing else.
//
// The package does not store, log or count queries: they may hold personal data.
package search
