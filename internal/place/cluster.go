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
	zoom = min(max(zoom, MinZoom), MaxZoom)
	entries := s.model().pick(s, f)
	last := zoom == MaxZoom
	for size := 360 / math.Exp2(float64(zoom)) / 256 * cellPixels; ; size *= 1.5 {
		list = join(entries, size, last)
		if len(list) <= maxClusters {
			return list, len(entries)
		}
		last = false // too many houses in sight: they are joined like at other zooms
	}
}

type cell struct{ x, y int }

func join(entries []*entry, size float64, last bool) []Cluster {
	at := map[cell]int{}
	var list []Cluster
	for _, e := range entries {
		p := *e.face.Point
		c := cell{int(math.Floor(p.Lon / size)), int(math.Floor(p.Lat / (size * math.Cos(p.Lat*math.Pi/180))))}
		if last { // at the last zoom only doors of one house are one mark
			c = cell{int(math.Round(p.Lon * 1e5)), int(math.Round(p.Lat * 1e5))}
		}
		i, ok := at[c]
		if !ok {
			i, at[c] = len(list), len(list)
			list = append(list, Cluster{Box: Box{p.Lat, p.Lon, p.Lat, p.Lon}})
		}
		m := &list[i]
		m.Count++
		m.At.Lat += p.Lat
		m.At.Lon += p.Lon
		m.Box = Box{min(m.Box.South, p.Lat), min(m.Box.West, p.Lon), max(m.Box.North, p.Lat), max(m.Box.East, p.Lon)}
		if len(m.Places) < maxNamed {
			m.Places = append(m.Places, &e.face)
		}
	}
	for i := range list {
		n := float64(list[i].Count)
		list[i].At = Point{list[i].At.Lat / n, list[i].At.Lon / n}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Count > list[j].Count })
	return list
}
