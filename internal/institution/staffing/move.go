package staffing

// Step10 is the step in which every published count moves.
const Step10 = 10

// Move is the rule of every published count. shown is what was published last (a multiple
// of ten, 0 for nothing), n is how many people stand behind it now. The count moves up
// when ten more stand behind it than it says, down when ten fewer do, and always to a
// multiple of ten. What was shown once never falls under ten again: a figure that
// vanished would say exactly how many are left, and that the last one has just gone.
//
// So of a count an onlooker knows that it lies less than ten from what is shown (of a ten:
// anything under twenty), and when it moves, an interval of ten numbers; of two counts, or
// one on two days, that they differ by nothing or by ten and more. METHOD §7 asks that a public figure differs from what was
// published by 0 or at least 10 people; this is that rule over all pages and days at once.
func Move(shown, n int64) int64 {
	n = max(0, n)
	switch {
	case n >= shown+Step10:
		return n - n%Step10
	case n <= shown-Step10:
		return max(Step10, (n+Step10-1)/Step10*Step10)
	}
	return shown
}

// within bounds the people of a cell below the whole it is part of, before it is moved:
// that all have done something, or all but one or two, is never told (METHOD §7, share).
func within(n, of int64) int64 { return max(0, min(n, of-minOut)) }

const minOut = 3
