package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// write makes both modules anew: the kept declarations, the SDK's core as it is, and of each the
// go.mod and the licence.
func (p *program) write(names map[string]string, o options) error {
	for from, to := range map[string]string{o.provider: o.providerOut, o.sdk: o.sdkOut} {
		if err := os.RemoveAll(to); err != nil {
			return err
		}
		for _, name := range []string{"go.mod", "LICENSE"} {
			if err := copyFile(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
				return err
			}
		}
	}
	if err := os.CopyFS(filepath.Join(o.sdkOut, "sdk"), os.DirFS(filepath.Join(o.sdk, "sdk"))); err != nil {
		return err
	}
	for _, f := range p.files {
		if text := f.reduced(names); text != nil {
			if err := writeFile(filepath.Join(f.out, f.path), text); err != nil {
				return err
			}
		}
	}
	return nil
}

// reduced is the text of a file with only what is kept of it, or nil if nothing is.
func (f *file) reduced(names map[string]string) []byte {
	var body bytes.Buffer
	for _, d := range f.decls {
		if !d.kept {
			continue
		}
		body.WriteString("\n")
		if d.keyword != "" {
			body.WriteString(d.keyword + " ")
		}
		body.Write(without(f.source, d.span, d.cut))
		body.WriteString("\n")
	}
	if body.Len() == 0 {
		return nil
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "package %s\n\n", f.syntax.Name.Name)
	for _, im := range f.keptImports(names) {
		fmt.Fprintf(&head, "import %s\n", strings.TrimSpace(im.alias+" "+strconv.Quote(im.path)))
	}
	return append(head.Bytes(), body.Bytes()...)
}

type importLine struct{ alias, path string }

// keptImports are the imports that the kept declarations of a file use.
func (f *file) keptImports(names map[string]string) []importLine {
	used := map[string]bool{}
	for _, d := range f.decls {
		if d.kept {
			maps.Copy(used, d.uses)
		}
	}
	var lines []importLine
	for _, spec := range f.imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		name, alias := names[path], ""
		if spec.Name != nil {
			name, alias = spec.Name.Name, spec.Name.Name
		}
		if used[name] || name == "_" || name == "." {
			lines = append(lines, importLine{alias, path})
		}
	}
	return lines
}

// packageNames asks the go command for the names of all imported packages. Those of modules that
// nothing kept needs may be unknown to it.
func packageNames(module string, files []*file) (map[string]string, error) {
	paths := map[string]bool{}
	for _, f := range files {
		for _, spec := range f.imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			paths[path] = true
		}
	}
	args := append([]string{"list", "-e", "-f", "{{.ImportPath}} {{.Name}}"}, slices.Sorted(maps.Keys(paths))...)
	command := exec.Command("go", args...)
	command.Dir = module
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	names := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			names[path] = name
		}
	}
	return names, nil
}

// without is a part of a text with pieces left out.
func without(text []byte, whole span, cut []span) []byte {
	sort.Slice(cut, func(i, j int) bool { return cut[i].from < cut[j].from })
	var left []byte
	at := whole.from
	for _, c := range cut {
		left = append(left, text[at:c.from]...)
		at = c.to
	}
	return append(left, text[at:whole.to]...)
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return writeFile(to, data)
}

func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
