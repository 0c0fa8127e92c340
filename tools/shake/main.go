// Command shake writes reduced copies of the Terraform alicloud provider and of
// the Alibaba Cloud SDK: only the declarations that Provider() needs for the
// listed resources and data sources. It runs at build time on the module
// cache; nothing of either is kept in the repository.
//
//	shake -src PROVIDER_DIR -out DIR -sdk SDK_DIR -sdkout DIR -keep name,name,...
//
// The analysis goes by name and errs on the side of keeping: a package-level
// name is kept when any kept declaration mentions it, a method when its type is
// kept and its name is mentioned (or its type has few methods). What it drops
// wrongly is a compile error, never a silent change, except for methods that
// are only looked up by reflection.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

const sdkModule = "github.com/aliyun/alibaba-cloud-sdk-go"

// prunedStructs lose the fields that no kept code mentions.
var prunedStructs = map[string]bool{"AliyunClient": true}

const fewMethods = 12 // types with no more methods than this keep them all

type span struct{ from, to int }

type decl struct {
	file  *file
	span  span   // bytes of the file
	open  string // "var", "const" or "type" for a spec out of a group
	names []string
	recv  string
	cut   []span // bytes left out
	uses  map[string]bool
	kept  bool
}

type file struct {
	path    string
	pkg     string
	src     []byte
	ast     *ast.File
	decls   []*decl
	imports []*ast.ImportSpec
}

// program is the declarations of all packages looked at so far.
type program struct {
	fset      *token.FileSet
	keep      map[string]bool
	files     []*file
	byName    map[string][]*decl
	methods   map[string][]*decl // by package and receiver type
	methodsBy map[string][]*decl // by method name
	mentioned map[string]bool
	keptTypes map[string]bool // by package and name
	todo      []*decl
}

func (p *program) off(pos token.Pos) int { return p.fset.Position(pos).Offset }

// load parses the packages of the module in src, and returns the roots among
// their declarations.
func (p *program) load(src string, pkgs ...string) (roots []*decl) {
	for _, pkg := range pkgs {
		paths, err := filepath.Glob(filepath.Join(src, pkg, "*.go"))
		check(err)
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			data, err := os.ReadFile(path)
			check(err)
			a, err := parser.ParseFile(p.fset, path, data, parser.ParseComments|parser.SkipObjectResolution)
			check(err)
			f := &file{path: filepath.Join(pkg, filepath.Base(path)), pkg: pkg, src: data, ast: a, imports: a.Imports}
			p.files = append(p.files, f)
			roots = append(roots, p.declare(f)...)
		}
	}
	return roots
}

func (p *program) declare(f *file) (roots []*decl) {
	record := func(x *decl) {
		f.decls = append(f.decls, x)
		for _, n := range x.names {
			p.byName[n] = append(p.byName[n], x)
		}
	}
	for _, d := range f.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			x := &decl{file: f, span: span{p.off(d.Pos()), p.off(d.End())}, names: []string{name}}
			var skip map[ast.Node]bool
			switch {
			case d.Recv != nil:
				x.recv = f.pkg + "." + typeName(d.Recv.List[0].Type)
				p.methods[x.recv] = append(p.methods[x.recv], x)
				p.methodsBy[name] = append(p.methodsBy[name], x)
				f.decls = append(f.decls, x)
			case name == "init" || f.pkg == "alicloud" && name == "Provider":
				roots = append(roots, x)
				f.decls = append(f.decls, x)
				if name == "Provider" {
					skip, x.cut = pruneMaps(d, p.keep, p.off, f.src)
				}
			default:
				record(x)
			}
			x.uses = uses(d, skip)
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
			if d.Tok == token.CONST || len(d.Specs) == 1 {
				x := &decl{file: f, span: span{p.off(d.Pos()), p.off(d.End())}, uses: uses(d, nil)}
				for _, s := range d.Specs {
					x.names = append(x.names, specNames(s)...)
				}
				record(x)
				continue
			}
			for _, s := range d.Specs {
				record(&decl{file: f, span: span{p.off(s.Pos()), p.off(s.End())}, open: d.Tok.String(), names: specNames(s), uses: uses(s, nil)})
			}
		}
	}
	return roots
}

func (p *program) add(d *decl) {
	if !d.kept {
		d.kept = true
		p.todo = append(p.todo, d)
	}
}

// mention keeps what a name may stand for.
func (p *program) mention(n string) {
	p.mentioned[n] = true
	for _, x := range p.byName[n] {
		p.add(x)
	}
	for _, m := range p.methodsBy[n] {
		if p.keptTypes[m.recv] {
			p.add(m)
		}
	}
}

// spread follows the names from the kept declarations until nothing is new.
func (p *program) spread() {
	for len(p.todo) > 0 {
		d := p.todo[len(p.todo)-1]
		p.todo = p.todo[:len(p.todo)-1]
		if d.recv == "" {
			for _, n := range d.names {
				t := d.file.pkg + "." + n
				if ms := p.methods[t]; len(ms) > 0 && !p.keptTypes[t] {
					p.keptTypes[t] = true
					for _, m := range ms {
						if len(ms) <= fewMethods || p.mentioned[m.names[0]] {
							p.add(m)
						}
					}
				}
			}
			if len(d.names) == 1 && prunedStructs[d.names[0]] {
				continue // its fields count once something mentions them
			}
		}
		for n := range d.uses {
			if !p.mentioned[n] {
				p.mention(n)
			}
		}
	}
}

// pruneStructs cuts the fields that nothing mentions.
func (p *program) pruneStructs() {
	for _, f := range p.files {
		for _, gd := range f.ast.Decls {
			g, ok := gd.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, s := range g.Specs {
				ts := s.(*ast.TypeSpec)
				st, ok := ts.Type.(*ast.StructType)
				if !ok || !prunedStructs[ts.Name.Name] {
					continue
				}
				for _, x := range p.byName[ts.Name.Name] {
					x.uses = map[string]bool{}
					for _, fl := range st.Fields.List {
						if len(fl.Names) == 1 && !p.mentioned[fl.Names[0].Name] {
							x.cut = append(x.cut, span{p.off(fl.Pos()), p.off(fl.End())})
							continue
						}
						for n := range uses(fl, nil) {
							x.uses[n] = true
							p.mention(n)
						}
					}
				}
			}
		}
	}
	p.spread()
}

// imports lists the imports that kept declarations of a file use.
func (f *file) keptImports(names map[string]string) (lines, paths []string) {
	used := map[string]bool{}
	for _, d := range f.decls {
		if d.kept {
			for n := range d.uses {
				used[n] = true
			}
		}
	}
	for _, im := range f.imports {
		path, _ := strconv.Unquote(im.Path.Value)
		name := names[path]
		if im.Name != nil {
			name = im.Name.Name
		}
		if name != "_" && name != "." && !used[name] {
			continue
		}
		line := strconv.Quote(path)
		if im.Name != nil {
			line = im.Name.Name + " " + line
		}
		lines, paths = append(lines, "import "+line), append(paths, path)
	}
	return lines, paths
}

func (f *file) write(dst string, names map[string]string) {
	var body bytes.Buffer
	for _, d := range f.decls {
		if !d.kept {
			continue
		}
		body.WriteString("\n")
		if d.open != "" {
			body.WriteString(d.open + " ")
		}
		body.Write(without(f.src, d.span, d.cut))
		body.WriteString("\n")
	}
	if body.Len() == 0 {
		return
	}
	lines, _ := f.keptImports(names)
	text := "package " + f.ast.Name.Name + "\n\n" + strings.Join(lines, "\n") + "\n" + body.String()
	check(os.MkdirAll(filepath.Dir(dst), 0o755))
	check(os.WriteFile(dst, []byte(text), 0o644))
}

func main() {
	src := flag.String("provider", "", "directory of the provider module")
	out := flag.String("provider-out", "", "directory to write it to")
	sdk := flag.String("sdk", "", "directory of the SDK module (optional)")
	sdkOut := flag.String("sdk-out", "", "directory to write it to")
	module := flag.String("module", "", "directory of the module that requires both")
	keepList := flag.String("keep", "", "resource and data source names, comma separated")
	flag.Parse()
	p := &program{fset: token.NewFileSet(), keep: map[string]bool{}, byName: map[string][]*decl{}, methods: map[string][]*decl{},
		methodsBy: map[string][]*decl{}, mentioned: map[string]bool{}, keptTypes: map[string]bool{}}
	for _, k := range strings.Split(*keepList, ",") {
		p.keep[k] = true
	}
	for _, r := range p.load(*src, "alicloud", "alicloud/connectivity", "alicloud/helper") {
		p.add(r)
	}
	p.spread()
	p.pruneStructs()
	names := importNames(*module, p.files)
	provider := len(p.files)

	if *sdk != "" {
		// The SDK's services: those imported, with the calls that are mentioned.
		services := map[string]bool{}
		for _, f := range p.files {
			_, paths := f.keptImports(names)
			for _, path := range paths {
				if rest, ok := strings.CutPrefix(path, sdkModule+"/"); ok && strings.HasPrefix(rest, "services/") {
					services[rest] = true
				}
			}
		}
		var pkgs []string
		for s := range services {
			pkgs = append(pkgs, s)
		}
		sort.Strings(pkgs)
		for _, r := range p.load(*sdk, pkgs...) {
			p.add(r)
		}
		seen := []string{}
		for n := range p.mentioned {
			seen = append(seen, n)
		}
		for _, n := range seen {
			p.mention(n)
		}
		p.spread()
		names = importNames(*module, p.files)
		check(os.RemoveAll(*sdkOut))
		check(os.CopyFS(filepath.Join(*sdkOut, "sdk"), os.DirFS(filepath.Join(*sdk, "sdk"))))
		copyFiles(*sdk, *sdkOut)
	}
	check(os.RemoveAll(*out))
	copyFiles(*src, *out)
	for i, f := range p.files {
		dir := *out
		if i >= provider {
			dir = *sdkOut
		}
		f.write(filepath.Join(dir, f.path), names)
	}
	var all, kept, bytesAll, bytesKept int
	for _, f := range p.files {
		for _, d := range f.decls {
			all, bytesAll = all+1, bytesAll+d.span.to-d.span.from
			if d.kept {
				kept, bytesKept = kept+1, bytesKept+d.span.to-d.span.from
			}
		}
	}
	fmt.Printf("kept %d of %d declarations, %d of %d bytes\n", kept, all, bytesKept, bytesAll)
}

func copyFiles(src, dst string) {
	check(os.MkdirAll(dst, 0o755))
	for _, n := range []string{"go.mod", "LICENSE"} {
		data, err := os.ReadFile(filepath.Join(src, n))
		check(err)
		check(os.WriteFile(filepath.Join(dst, n), data, 0o644))
	}
}

// pruneMaps finds the ResourcesMap and DataSourcesMap literals in Provider and
// leaves out the entries that are not wanted.
func pruneMaps(fn *ast.FuncDecl, keep map[string]bool, off func(token.Pos) int, src []byte) (map[ast.Node]bool, []span) {
	skip := map[ast.Node]bool{}
	var cut []span
	found := map[string]bool{}
	ast.Inspect(fn, func(n ast.Node) bool {
		kv, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		k, ok := kv.Key.(*ast.Ident)
		if !ok || (k.Name != "ResourcesMap" && k.Name != "DataSourcesMap") {
			return true
		}
		for _, e := range kv.Value.(*ast.CompositeLit).Elts {
			entry := e.(*ast.KeyValueExpr)
			name, _ := strconv.Unquote(entry.Key.(*ast.BasicLit).Value)
			if keep[name] {
				found[name] = true
				continue
			}
			skip[entry] = true
			to := off(entry.End())
			for to < len(src) && (src[to] == ' ' || src[to] == ',') {
				to++
			}
			cut = append(cut, span{off(entry.Pos()), to})
		}
		return true
	})
	for k := range keep {
		if !found[k] {
			fatal("the provider has no %s", k)
		}
	}
	return skip, cut
}

func uses(n ast.Node, skip map[ast.Node]bool) map[string]bool {
	m := map[string]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil || skip[n] {
			return false
		}
		if id, ok := n.(*ast.Ident); ok {
			m[id.Name] = true
		}
		return true
	})
	return m
}

func without(src []byte, s span, cut []span) []byte {
	sort.Slice(cut, func(i, j int) bool { return cut[i].from < cut[j].from })
	var b []byte
	at := s.from
	for _, c := range cut {
		b = append(b, src[at:c.from]...)
		at = c.to
	}
	return append(b, src[at:s.to]...)
}

func specNames(s ast.Spec) []string {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return []string{s.Name.Name}
	case *ast.ValueSpec:
		var out []string
		for _, n := range s.Names {
			out = append(out, n.Name)
		}
		return out
	}
	return nil
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return "?"
}

// importNames asks the go command for the name of every imported package.
func importNames(dir string, files []*file) map[string]string {
	set := map[string]bool{}
	for _, f := range files {
		for _, im := range f.imports {
			p, _ := strconv.Unquote(im.Path.Value)
			set[p] = true
		}
	}
	args := []string{"list", "-e", "-f", "{{.ImportPath}} {{.Name}}"}
	for p := range set {
		args = append(args, p)
	}
	sort.Strings(args[4:])
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	check(err)
	names := map[string]string{}
	for _, line := range strings.Split(string(out), "\n") {
		if p, n, ok := strings.Cut(line, " "); ok {
			names[p] = n
		}
	}
	return names
}

func check(err error) {
	if err != nil {
		fatal("%v", err)
	}
}

func fatal(f string, a ...any) {
	fmt.Fprintf(os.Stderr, "shake: "+f+"\n", a...)
	os.Exit(1)
}
