package place

import (
	"math"
	"sort"
)

// Bounds of the map's answers.
const (
	MinZoom     = 8
	MaxZoom     = 18
	maxClusters = 400
	maxNamed    = 20 // places named in one mark
	cellPixels  = 64 // side of the square in which marks become one
)

// Cluster is a mark of the map: one place, or several that would lie over each other.
type Cluster struct {
	At     Point
	Count  int
	Box    Box     // of its places
	Places []*Face // the first of them by name; all when Count is 1, shared: read only
}

// Clusters joins the places of a filter into marks for a zoom of the usual tile scheme.
// There are never more than 400: then cells grow. Box must be set.
func (s *Service) Clusters(f Filter, zoom int) (list []Cluster, total int) {
	entries := s.model().pick(s, f)
	for _, g := range Join(entries, func(e *entry) Point { return *e.face.Point }, zoom) {
		c := Cluster{At: g.At, Count: len(g.Of), Box: g.Box}
		for _, e := range g.Of[:min(len(g.Of), maxNamed)] {
			c.Places = append(c.Places, &e.face)
		}
		list = append(list, c)
	}
	return list, len(entries)
}

// Group is a mark of a map: what would lie over each other there.
type Group[T any] struct {
	At  Point // the middle
	Box Box
	Of  []T // in their order; one at least
}

// Join joins what stands at points into marks for a zoom of the usual tile scheme, the
// largest first. There are never more than 400: then cells grow.
func Join[T any](all []T, at func(T) Point, zoom int) (list []Group[T]) {
	zoom = min(max(zoom, MinZoom), MaxZoom)
	last := zoom == MaxZoom
	for size := 360 / math.Exp2(float64(zoom)) / 256 * cellPixels; ; size *= 1.5 {
		if list = join(all, at, size, last); len(list) <= maxClusters {
			return list
		}
		last = false // too many houses in sight: they are joined like at other zooms
	}
}

type cell struct{ x, y int }

func join[T any](all []T, at func(T) Point, size float64, last bool) (list []Group[T]) {
	in := map[cell]int{}
	for _, one := range all {
		p := at(one)
		c := cell{int(math.Floor(p.Lon / size)), int(math.Floor(p.Lat / (size * math.Cos(p.Lat*math.Pi/180))))}
		if last { // at the last zoom only doors of one house are one mark
			c = cell{int(math.Round(p.Lon * 1e5)), int(math.Round(p.Lat * 1e5))}
		}
		i, ok := in[c]
		if !ok {
			i, in[c] = len(list), len(list)
			list = append(list, Group[T]{Box: Box{p.Lat, p.Lon, p.Lat, p.Lon}})
		}
		m := &list[i]
		m.At.Lat += p.Lat
		m.At.Lon += p.Lon
		m.Box = Box{min(m.Box.South, p.Lat), min(m.Box.West, p.Lon), max(m.Box.North, p.Lat), max(m.Box.East, p.Lon)}
		m.Of = append(m.Of, one)
	}
	for i := range list {
		n := float64(len(list[i].Of))
		list[i].At = Point{list[i].At.Lat / n, list[i].At.Lon / n}
	}
	sort.SliceStable(list, func(i, j int) bool { return len(list[i].Of) > len(list[j].Of) })
	return list
}
