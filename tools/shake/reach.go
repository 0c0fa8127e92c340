package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"sort"
	"strings"
)

// A type with no more methods than this keeps them all: they may be there for an interface that is
// never called by name here.
const fewMethods = 12

// prunedStructs lose the fields that no kept code mentions: one field for each of hundreds of services.
var prunedStructs = map[string]bool{"AliyunClient": true}

// missing are the names to keep that the provider does not have.
func (p *program) missing() []string {
	var names []string
	for name, found := range p.keep {
		if !found {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

func (p *program) add(d *decl) {
	if !d.kept {
		d.kept = true
		p.todo = append(p.todo, d)
	}
}

// mention keeps whatever a name may stand for.
func (p *program) mention(name string) {
	p.mentioned[name] = true
	for _, d := range p.byName[name] {
		p.add(d)
	}
	for _, m := range p.methodsOf[name] {
		if p.keptTypes[m.recv] {
			p.add(m)
		}
	}
}

// mentionAgain applies the names known so far to declarations that were loaded after them.
func (p *program) mentionAgain() {
	for _, name := range slices.Collect(maps.Keys(p.mentioned)) {
		p.mention(name)
	}
}

// spread follows the names in kept declarations until nothing is new.
func (p *program) spread() {
	for len(p.todo) > 0 {
		d := p.todo[len(p.todo)-1]
		p.todo = p.todo[:len(p.todo)-1]
		if d.recv == "" {
			for _, name := range d.names {
				p.keepMethods(d.file.pkg + "." + name)
			}
		}
		if d.pruned() {
			continue // its fields count once something mentions them
		}
		for name := range d.uses {
			if !p.mentioned[name] {
				p.mention(name)
			}
		}
	}
}

func (d *decl) pruned() bool { return d.recv == "" && len(d.names) == 1 && prunedStructs[d.names[0]] }

func (p *program) keepMethods(typ string) {
	methods := p.methods[typ]
	if len(methods) == 0 || p.keptTypes[typ] {
		return
	}
	p.keptTypes[typ] = true
	for _, m := range methods {
		if len(methods) <= fewMethods || p.mentioned[m.names[0]] {
			p.add(m)
		}
	}
}

// pruneStructs cuts the fields that nothing mentions, and follows the names in the others.
func (p *program) pruneStructs() {
	for _, f := range p.files {
		for _, d := range f.syntax.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != token.TYPE {
				continue
			}
			for _, s := range group.Specs {
				spec := s.(*ast.TypeSpec)
				if typ, ok := spec.Type.(*ast.StructType); ok && prunedStructs[spec.Name.Name] {
					p.pruneStruct(spec.Name.Name, typ)
				}
			}
		}
	}
	p.spread()
}

func (p *program) pruneStruct(name string, typ *ast.StructType) {
	for _, d := range p.byName[name] {
		d.uses = map[string]bool{}
		for _, field := range typ.Fields.List {
			if len(field.Names) == 1 && !p.mentioned[field.Names[0].Name] {
				d.cut = append(d.cut, p.span(field))
				continue
			}
			for used := range identifiers(field, nil) {
				d.uses[used] = true
				p.mention(used)
			}
		}
	}
}

// servicesOf are the packages under services/ of a module that kept declarations import.
func (p *program) servicesOf(module string, names map[string]string) []string {
	found := map[string]bool{}
	for _, f := range p.files {
		for _, im := range f.keptImports(names) {
			if rest, ok := strings.CutPrefix(im.path, module+"/"); ok && strings.HasPrefix(rest, "services/") {
				found[rest] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func (p *program) summary() string {
	var all, kept, bytes, bytesKept int
	for _, f := range p.files {
		for _, d := range f.decls {
			size := d.span.to - d.span.from
			all, bytes = all+1, bytes+size
			if d.kept {
				kept, bytesKept = kept+1, bytesKept+size
			}
		}
	}
	return fmt.Sprintf("kept %d of %d declarations, %d of %d bytes", kept, all, bytesKept, bytes)
}
