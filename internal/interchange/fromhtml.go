package interchange

import (
	"html"
	"strings"
)

// silent elements hold no words for people.
var silent = map[string]bool{"script": true, "style": true, "head": true, "template": true, "svg": true, "iframe": true, "noscript": true}

// fromHTML makes the Markdown of lessons of a page: paragraphs, ### headings, lists and
// bold words; everything else loses its marks and keeps its words. It never fails: what is
// not closed ends where the page ends.
func fromHTML(page string) string {
	var b strings.Builder
	hidden := "" // the silent element that is open
	breaks, space := 0, false
	var lists []int // open lists: the next number, 0 for bullets
	block := func(n int) { breaks = max(breaks, n); space = false }
	write := func(s string) {
		if b.Len() > 0 {
			b.WriteString(strings.Repeat("\n", breaks))
		}
		if breaks == 0 && space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		breaks, space = 0, false
		b.WriteString(s)
	}
	for len(page) > 0 {
		open := strings.IndexByte(page, '<')
		if open < 0 {
			open = len(page)
		}
		if hidden == "" {
			text := html.UnescapeString(page[:open])
			fields := strings.Fields(text)
			if len(fields) > 0 {
				if text != strings.TrimLeft(text, " \t\r\n\u00a0") {
					space = true
				}
				write(strings.NewReplacer("*", "\\*", "`", "'").Replace(strings.Join(fields, " ")))
			}
			if text != strings.TrimRight(text, " \t\r\n\u00a0") {
				space = true
			}
		}
		if open == len(page) {
			break
		}
		page = page[open:]
		if strings.HasPrefix(page, "<!--") {
			end := strings.Index(page, "-->")
			if end < 0 {
				break
			}
			page = page[end+3:]
			continue
		}
		end := strings.IndexByte(page, '>')
		if end < 0 {
			break
		}
		tag := page[1:end]
		page = page[end+1:]
		closing := strings.HasPrefix(tag, "/")
		name := strings.ToLower(strings.TrimPrefix(tag, "/"))
		if i := strings.IndexAny(name, " \t\r\n/"); i >= 0 {
			name = name[:i]
		}
		if hidden != "" {
			if closing && name == hidden {
				hidden = ""
			}
			continue
		}
		switch name {
		case "h1", "h2", "h3", "h4", "h5", "h6":
			block(2)
			if !closing {
				write("### ")
			}
		case "br":
			block(1)
		case "ul", "ol":
			block(2)
			if closing && len(lists) > 0 {
				lists = lists[:len(lists)-1]
			} else if !closing && len(lists) < 20 {
				first := 0
				if name == "ol" {
					first = 1
				}
				lists = append(lists, first)
			}
		case "li":
			block(1)
			if !closing {
				write("- ")
			}
		case "b", "strong":
			if closing {
				b.WriteString("**")
			} else {
				write("**")
			}
		case "p", "div", "section", "article", "table", "tr", "blockquote", "summary", "details", "header", "footer", "main", "figure", "figcaption", "pre", "dt", "dd":
			block(2)
		default:
			if !closing && silent[name] && !strings.HasSuffix(tag, "/") {
				hidden = name
			}
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(b.String(), "****", ""))
}
