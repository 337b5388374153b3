package dev.sluice;

import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A Java file as the compiler's parser sees it, for the rules that class files cannot answer. */
record SourceFile(CompilationUnitTree unit, DocTrees docs) {
    /** All Java files below a folder. */
    static List<SourceFile> below(Path folder) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (Stream<Path> files = Files.walk(folder);
                StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            return parse(manager.getJavaFileObjectsFromPaths(
                    files.filter(file -> file.toString().endsWith(".java")).toList()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<SourceFile> parse(Iterable<? extends JavaFileObject> files) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavacTask task = (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, files);
        try {
            DocTrees docs = DocTrees.instance(task);
            return StreamSupport.stream(task.parse().spliterator(), false)
                    .map(unit -> new SourceFile(unit, docs))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String packageName() {
        return String.valueOf(unit.getPackageName());
    }

    String name() {
        return Path.of(unit.getSourceFile().getName()).getFileName().toString();
    }

    private String at(Tree tree) {
        return packageName() + " " + name() + ":" + firstLine(tree);
    }

    private long firstLine(Tree tree) {
        return unit.getLineMap().getLineNumber(docs.getSourcePositions().getStartPosition(unit, tree));
    }

    private long lastLine(Tree tree) {
        return unit.getLineMap().getLineNumber(docs.getSourcePositions().getEndPosition(unit, tree) - 1);
    }

    Stream<String> longFile(int limit) {
        long lines = text().lines().count();
        return lines <= limit ? Stream.of() : Stream.of(packageName() + " " + name() + " has " + lines + " lines");
    }

    private String text() {
        try {
            return unit.getSourceFile().getCharContent(true).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stream<String> collect(TreePathScanner<Void, List<String>> scanner) {
        List<String> found = new ArrayList<>();
        scanner.scan(unit, found);
        return found.stream();
    }

    Stream<String> longMethods(int limit) {
        return collect(new TreePathScanner<>() {
            @Override
            public Void visitMethod(MethodTree method, List<String> found) {
                long lines = lastLine(method) - firstLine(method) + 1;
                if (lines > limit) {
                    found.add(at(method) + " " + method.getName() + " has " + lines + " lines");
                }
                return super.visitMethod(method, found);
            }
        });
    }

    /** Records are free here: their parameters are their content. */
    Stream<String> wideConstructors(int limit) {
        return collect(new TreePathScanner<>() {
            @Override
            public Void visitMethod(MethodTree method, List<String> found) {
                Tree owner = getCurrentPath().getParentPath().getLeaf();
                int parameters = method.getParameters().size();
                if (method.getName().contentEquals("<init>")
                        && owner.getKind() != Tree.Kind.RECORD
                        && parameters > limit) {
                    found.add(at(method) + " takes " + parameters + " parameters");
                }
                return super.visitMethod(method, found);
            }
        });
    }

    /** The values of all string literals. */
    Stream<String> strings() {
        return collect(new TreePathScanner<>() {
            @Override
            public Void visitLiteral(LiteralTree literal, List<String> found) {
                if (literal.getValue() instanceof String text) {
                    found.add(text);
                }
                return super.visitLiteral(literal, found);
            }
        });
    }

    /** The names of all parameters, fields and variables. */
    Stream<String> variables() {
        return collect(new TreePathScanner<>() {
            @Override
            public Void visitVariable(VariableTree variable, List<String> found) {
                found.add(variable.getName().toString());
                return super.visitVariable(variable, found);
            }
        });
    }

    Stream<String> catchesOfThrowable() {
        return collect(new TreePathScanner<>() {
            @Override
            public Void visitCatch(CatchTree handler, List<String> found) {
                String caught = handler.getParameter().getType().toString();
                if (caught.equals("Throwable") || caught.equals("java.lang.Throwable")) {
                    found.add(at(handler) + " catches Throwable");
                }
                return super.visitCatch(handler, found);
            }
        });
    }

    /** Types that are public all the way up, and have no Javadoc. */
    Stream<String> unexplainedPublicTypes() {
        return collect(new TreePathScanner<>() {
            @Override
            public Void visitClass(ClassTree type, List<String> found) {
                if (!type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
                    return null;
                }
                if (docs.getDocComment(getCurrentPath()) == null) {
                    found.add(at(type) + " " + type.getSimpleName() + " has no Javadoc");
                }
                return super.visitClass(type, found);
            }
        });
    }

    /** Whether this is a package-info with text that marks its package as free of unexpected null. */
    boolean isLabel() {
        return name().equals("package-info.java")
                && docs.getDocComment(new TreePath(new TreePath(unit), unit.getPackage())) != null
                && unit.getPackageAnnotations().stream()
                        .anyMatch(annotation ->
                                annotation.getAnnotationType().toString().endsWith("NullMarked"));
    }
}
