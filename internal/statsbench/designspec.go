package statsbench

import (
	"encoding/json"
	"fmt"
	"strings"
)

// parseDesigns reads one design, or a list of two, one per wave.
func parseDesigns(raw json.RawMessage, what string) (d [2]*Design, err error) {
	if kindOf(raw) != '[' {
		d[0], err = parseDesign(raw, what)
		return d, err
	}
	items, err := list(raw, what)
	if err != nil {
		return d, err
	}
	if len(items) != 2 {
		return d, badf("%s has %d designs; one, or one for each of two waves", what, len(items))
	}
	for i := range items {
		if d[i], err = parseDesign(items[i], fmt.Sprintf("%s[%d]", what, i)); err != nil {
			return d, err
		}
	}
	return d, nil
}

func parseDesign(raw json.RawMessage, what string) (*Design, error) {
	members, err := object(raw, what)
	if err != nil {
		return nil, err
	}
	d := &Design{}
	for _, m := range members {
		if err := d.set(m, what+"."+m.key); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *Design) replicates() *Replicates {
	if d.Replicates == nil {
		d.Replicates = &Replicates{Combined: true}
	}
	return d.Replicates
}

func (d *Design) set(m pair, what string) (err error) {
	switch norm(m.key) {
	case "ids", "id", "psu", "psus", "cluster", "clusters":
		d.IDs, err = names(m.raw, what)
	case "strata", "stratum":
		d.Strata, err = one(m.raw, what)
	case "weights", "weight", "w":
		d.Weights, err = one(m.raw, what)
	case "fpc":
		d.FPC, err = names(m.raw, what)
	case "replicate_weights", "repweights", "replicates", "rep_weights":
		r := d.replicates()
		switch kindOf(m.raw) {
		case '{':
			members, err := object(m.raw, what)
			if err != nil {
				return err
			}
			for _, x := range members {
				if err := r.set(x, what+"."+x.key); err != nil {
					return err
				}
			}
		default:
			list, err := names(m.raw, what)
			if err != nil {
				return err
			}
			if len(list) == 1 && strings.HasSuffix(strings.ToLower(list[0]), ".csv") {
				r.File = list[0]
			} else {
				r.Columns = list
			}
		}
	case "type", "scale", "rscales", "mse", "combined", "combined_weights", "rho":
		return d.replicates().set(m, what)
	case "nest", "note", "comment", "data":
	default:
		return badf("%s is unknown; a design has ids, strata, weights, fpc, replicate_weights (with scale, rscales, mse, type, combined)", what)
	}
	return err
}

func (r *Replicates) set(m pair, what string) (err error) {
	switch norm(m.key) {
	case "file", "data", "csv":
		r.File, err = one(m.raw, what)
	case "columns", "column", "prefix", "pattern", "weights":
		r.Columns, err = names(m.raw, what)
		if norm(m.key) == "prefix" {
			for i := range r.Columns {
				r.Columns[i] += "*"
			}
		}
	case "type", "method":
		r.Type, err = one(m.raw, what)
	case "scale":
		r.Scale, err = float(m.raw, what)
	case "rscales", "rscale":
		r.RScales, err = floats(m.raw, what)
	case "mse":
		r.MSE, err = boolean(m.raw, what)
	case "combined", "combined_weights":
		r.Combined, err = boolean(m.raw, what)
	case "rho":
		r.Rho, err = float(m.raw, what)
	default:
		return badf("%s is unknown; replicate weights have file, columns, type, scale, rscales, mse, combined, rho", what)
	}
	return err
}
