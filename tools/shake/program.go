package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// span is a range of bytes of a file.
type span struct{ from, to int }

// decl is one declaration: a function, a type, a variable, or a whole group of constants, since the
// values of those may count up from line to line.
type decl struct {
	file    *file
	span    span
	keyword string // "var" or "type", for one out of a group
	names   []string
	recv    string // package and type of a method
	cut     []span
	uses    map[string]bool // every identifier in it
	kept    bool
}

type file struct {
	path    string // in the module
	pkg     string
	out     string // folder of the module that it is written to
	source  []byte
	syntax  *ast.File
	decls   []*decl
	imports []*ast.ImportSpec
}

// program is what has been parsed so far, and what of it is known to be needed.
type program struct {
	fset      *token.FileSet
	keep      map[string]bool // resource or data source: found in the provider
	files     []*file
	byName    map[string][]*decl
	methods   map[string][]*decl // by package and type
	methodsOf map[string][]*decl // by name
	mentioned map[string]bool
	keptTypes map[string]bool // by package and type
	todo      []*decl
}

func newProgram(keep []string) *program {
	p := &program{
		fset:      token.NewFileSet(),
		keep:      map[string]bool{},
		byName:    map[string][]*decl{},
		methods:   map[string][]*decl{},
		methodsOf: map[string][]*decl{},
		mentioned: map[string]bool{},
		keptTypes: map[string]bool{},
	}
	for _, name := range keep {
		p.keep[name] = false
	}
	return p
}

// load parses packages of the module in dir. What must stay whatever happens is kept at once: init
// functions, and Provider of package alicloud with the wanted entries of its maps.
func (p *program) load(dir, out string, pkgs ...string) error {
	for _, pkg := range pkgs {
		paths, err := filepath.Glob(filepath.Join(dir, pkg, "*.go"))
		if err != nil {
			return err
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			syntax, err := parser.ParseFile(p.fset, path, source, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			f := &file{path: filepath.Join(pkg, filepath.Base(path)), pkg: pkg, out: out, source: source, syntax: syntax, imports: syntax.Imports}
			p.files = append(p.files, f)
			for _, d := range syntax.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					p.declareFunc(f, d)
				case *ast.GenDecl:
					p.declareGroup(f, d)
				}
			}
		}
	}
	return nil
}

func (p *program) declareFunc(f *file, d *ast.FuncDecl) {
	name := d.Name.Name
	x := &decl{file: f, span: p.span(d), names: []string{name}, uses: identifiers(d, nil)}
	f.decls = append(f.decls, x)
	switch {
	case d.Recv != nil:
		x.recv = f.pkg + "." + typeName(d.Recv.List[0].Type)
		p.methods[x.recv] = append(p.methods[x.recv], x)
		p.methodsOf[name] = append(p.methodsOf[name], x)
	case name == "init":
		p.add(x)
	case name == "Provider" && f.pkg == providerPackages[0]:
		dropped := p.unwantedEntries(d)
		x.uses = identifiers(d, dropped)
		for entry := range dropped {
			x.cut = append(x.cut, p.spanWithComma(entry, f.source))
		}
		p.add(x)
	default:
		p.byName[name] = append(p.byName[name], x)
	}
}

func (p *program) declareGroup(f *file, d *ast.GenDecl) {
	record := func(x *decl) {
		f.decls = append(f.decls, x)
		for _, name := range x.names {
			p.byName[name] = append(p.byName[name], x)
		}
	}
	switch {
	case d.Tok == token.IMPORT:
	case d.Tok == token.CONST || len(d.Specs) == 1:
		x := &decl{file: f, span: p.span(d), uses: identifiers(d, nil)}
		for _, s := range d.Specs {
			x.names = append(x.names, specNames(s)...)
		}
		record(x)
	default:
		for _, s := range d.Specs {
			record(&decl{file: f, span: p.span(s), keyword: d.Tok.String(), names: specNames(s), uses: identifiers(s, nil)})
		}
	}
}

// unwantedEntries are those of the maps of resources and data sources that nobody asked for.
func (p *program) unwantedEntries(provider *ast.FuncDecl) map[ast.Node]bool {
	unwanted := map[ast.Node]bool{}
	ast.Inspect(provider, func(n ast.Node) bool {
		pair, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		key, ok := pair.Key.(*ast.Ident)
		if !ok || key.Name != "ResourcesMap" && key.Name != "DataSourcesMap" {
			return true
		}
		for _, e := range pair.Value.(*ast.CompositeLit).Elts {
			entry := e.(*ast.KeyValueExpr)
			name, _ := strconv.Unquote(entry.Key.(*ast.BasicLit).Value)
			if _, wanted := p.keep[name]; wanted {
				p.keep[name] = true
			} else {
				unwanted[entry] = true
			}
		}
		return false
	})
	return unwanted
}

func (p *program) span(n ast.Node) span {
	return span{p.fset.Position(n.Pos()).Offset, p.fset.Position(n.End()).Offset}
}

func (p *program) spanWithComma(n ast.Node, source []byte) span {
	s := p.span(n)
	for s.to < len(source) && (source[s.to] == ' ' || source[s.to] == ',') {
		s.to++
	}
	return s
}

// identifiers are all names in a piece of syntax, but for some parts of it.
func identifiers(n ast.Node, without map[ast.Node]bool) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil || without[n] {
			return false
		}
		if id, ok := n.(*ast.Ident); ok {
			names[id.Name] = true
		}
		return true
	})
	return names
}

func specNames(s ast.Spec) []string {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return []string{s.Name.Name}
	case *ast.ValueSpec:
		var names []string
		for _, n := range s.Names {
			names = append(names, n.Name)
		}
		return names
	}
	return nil
}

// typeName is the name of a receiver's type, without pointer and type parameters.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.IndexListExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
