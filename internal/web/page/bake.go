package page

import (
	"fmt"
	"html/template"
	"text/template/parse"
)

// bake replaces calls whose outcome is known at start ({{t "key"}}, {{icon "name"}},
// {{asset "name"}} with constant arguments) by their text. That makes a page mostly
// plain text to write, and finds a missing word or picture before the first person does.
func bake(t *template.Template, s *speaker) error {
	for _, one := range t.Templates() {
		if one.Tree == nil || one.Tree.Root == nil {
			continue
		}
		if err := bakeList(one.Tree.Root, s); err != nil {
			return fmt.Errorf("%s: %w", one.Name(), err)
		}
	}
	return nil
}

func bakeList(list *parse.ListNode, s *speaker) error {
	if list == nil {
		return nil
	}
	for i, node := range list.Nodes {
		var err error
		switch n := node.(type) {
		case *parse.ActionNode:
			if err = known(n.Pipe, s); err != nil {
				return err
			}
			var text string
			var ok bool
			if text, ok, err = constant(n.Pipe, s); ok {
				list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(text)}
			}
		case *parse.IfNode:
			err = bakeBranch(&n.BranchNode, s)
		case *parse.RangeNode:
			err = bakeBranch(&n.BranchNode, s)
		case *parse.WithNode:
			err = bakeBranch(&n.BranchNode, s)
		case *parse.TemplateNode:
			err = known(n.Pipe, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func bakeBranch(b *parse.BranchNode, s *speaker) error {
	if err := known(b.Pipe, s); err != nil {
		return err
	}
	if err := bakeList(b.List, s); err != nil {
		return err
	}
	return bakeList(b.ElseList, s)
}

// constant gives the text of a pipe that calls a known function with one constant.
func constant(p *parse.PipeNode, s *speaker) (string, bool, error) {
	if p == nil || len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 2 {
		return "", false, nil
	}
	fn, ok := p.Cmds[0].Args[0].(*parse.IdentifierNode)
	if !ok {
		return "", false, nil
	}
	arg, ok := p.Cmds[0].Args[1].(*parse.StringNode)
	if !ok {
		return "", false, nil
	}
	switch fn.Ident {
	case "t":
		if !s.has(arg.Text) {
			return "", false, fmt.Errorf("no message %q in %s", arg.Text, s.words.Language)
		}
		text, err := s.t(arg.Text)
		return template.HTMLEscapeString(text), err == nil, err
	case "icon":
		svg, err := Icon(arg.Text)
		return string(svg), err == nil, err
	case "asset":
		url, err := Asset(arg.Text)
		return template.HTMLEscapeString(url), err == nil, err
	}
	return "", false, nil
}

// known refuses a pipe that names a message which does not exist, at any depth.
func known(p *parse.PipeNode, s *speaker) error {
	if p == nil {
		return nil
	}
	for _, cmd := range p.Cmds {
		for _, arg := range cmd.Args {
			if inner, ok := arg.(*parse.PipeNode); ok {
				if err := known(inner, s); err != nil {
					return err
				}
			}
		}
		if len(cmd.Args) < 2 {
			continue
		}
		fn, isFn := cmd.Args[0].(*parse.IdentifierNode)
		key, isText := cmd.Args[1].(*parse.StringNode)
		if isFn && isText && speaks[fn.Ident] && !s.has(key.Text) {
			return fmt.Errorf("no message %q in %s", key.Text, s.words.Language)
		}
	}
	return nil
}

// speaks lists the functions whose first argument is a message key.
var speaks = map[string]bool{"t": true, "n": true, "button": true, "second": true, "quiet": true}
