package client

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// lists are the elements, by parent, that are lists even when there is one or none of them: callers
// walk them as such.
var lists = map[string][]string{
	"ListCnameResult": {"Cname"},
}

// encodeXML writes members as elements, in the order of their names.
func encodeXML(members map[string]any) ([]byte, error) {
	var text bytes.Buffer
	err := encodeMembers(&text, members)
	return text.Bytes(), err
}

func encodeMembers(text *bytes.Buffer, members map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if err := encodeElement(text, name, members[name]); err != nil {
			return err
		}
	}
	return nil
}

func encodeElement(text *bytes.Buffer, name string, value any) error {
	if value == nil {
		return nil
	}
	if items, ok := value.([]any); ok {
		for _, item := range items {
			if err := encodeElement(text, name, item); err != nil {
				return err
			}
		}
		return nil
	}
	text.WriteString("<" + name + ">")
	var err error
	if members, ok := value.(map[string]any); ok {
		err = encodeMembers(text, members)
	} else {
		err = xml.EscapeText(text, []byte(fmt.Sprint(value)))
	}
	text.WriteString("</" + name + ">")
	return err
}

// decodeXML returns {name of the root: value}. An element is a string, or a map of its children,
// where those that are repeated are a list.
func decodeXML(data []byte) (map[string]any, error) {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		if start, ok := token.(xml.StartElement); ok {
			value, err := decodeElement(decoder, start.Name.Local)
			if err != nil {
				return nil, err
			}
			return map[string]any{start.Name.Local: value}, nil
		}
	}
}

func decodeElement(decoder *xml.Decoder, name string) (any, error) {
	var text strings.Builder
	children := map[string]any{}
	for _, child := range lists[name] {
		children[child] = []any{}
	}
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.StartElement:
			child := token.Name.Local
			value, err := decodeElement(decoder, child)
			if err != nil {
				return nil, err
			}
			switch old := children[child].(type) {
			case nil:
				children[child] = value
			case []any:
				children[child] = append(old, value)
			default:
				children[child] = []any{old, value}
			}
		case xml.EndElement:
			if len(children) > 0 {
				return children, nil
			}
			return strings.TrimSpace(text.String()), nil
		}
	}
}
