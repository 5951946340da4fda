import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Writes out the calls of small vector methods in the kernels' sources.
///
/// The sources are plain Java, and would compute the same without this step. But the optimising
/// compiler stops inlining the project's own methods in a method of some thirty vector operations,
/// and what then passes a call is boxed: a hundred times slower, depending on the profile. So every
/// call of a static method that returns a vector (`DoubleVector`, `LongVector`, …) and is declared
/// in one of the sources becomes the statements of its body, with fresh names.
///
/// Such a method consists of local variables and one `return`; it may call others. Calls may stand
/// in any statement of a block, not in the head of a loop or condition.
///
/// Usage: `java ExpandKernels.java SOURCE_FOLDER TARGET_FOLDER`
public final class ExpandKernels {
  private record Helper(MethodTree method, Source source) {
    String name() {
      return method.getName().toString();
    }
  }

  private record Source(Path file, String text, CompilationUnitTree unit) {}

  private final SourcePositions positions;
  private final Map<String, Helper> helpers = new HashMap<>();
  private int fresh;

  private ExpandKernels(SourcePositions positions) {
    this.positions = positions;
  }

  public static void main(String[] arguments) throws IOException {
    Path from = Path.of(arguments[0]);
    Path to = Path.of(arguments[1]);
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        var walk = Files.walk(from)) {
      List<Path> paths = walk.filter(p -> p.toString().endsWith(".java")).sorted().toList();
      Iterable<? extends JavaFileObject> objects = files.getJavaFileObjectsFromPaths(paths);
      var task = (JavacTask) compiler.getTask(null, files, null, null, null, objects);
      var tool = new ExpandKernels(Trees.instance(task).getSourcePositions());
      List<Source> sources = new ArrayList<>();
      for (CompilationUnitTree unit : task.parse()) {
        Path file = Path.of(unit.getSourceFile().toUri());
        sources.add(new Source(file, Files.readString(file), unit));
      }
      sources.forEach(tool::collect);
      for (Source source : sources) {
        write(to.resolve(from.toAbsolutePath().relativize(source.file())), tool.expand(source));
      }
    }
  }

  /// Leaves an unchanged file alone, so that nothing is compiled again.
  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
  }

  private void collect(Source source) {
    for (MethodTree method : methods(source)) {
      if (isHelper(method)
          && helpers.put(method.getName().toString(), new Helper(method, source)) != null) {
        throw new IllegalStateException("two methods named " + method.getName());
      }
    }
  }

  private static boolean isHelper(MethodTree method) {
    return method.getReturnType() != null
        && method.getReturnType().toString().matches("(Double|Long|Int|Byte)Vector");
  }

  private static List<MethodTree> methods(Source source) {
    List<MethodTree> methods = new ArrayList<>();
    for (Tree type : source.unit().getTypeDecls()) {
      for (Tree member : ((ClassTree) type).getMembers()) {
        if (member instanceof MethodTree method && method.getBody() != null) {
          methods.add(method);
        }
      }
    }
    return methods;
  }

  private String expand(Source source) {
    var text = new StringBuilder(source.text());
    for (MethodTree method : methods(source).reversed()) {
      if (!isHelper(method)) {
        fresh = 0;
        BlockTree body = method.getBody();
        text.replace(start(source, body), end(source, body), block(source, body));
      }
    }
    return "// Generated from src/main/kernels by ExpandKernels; do not edit.\n" + text;
  }

  /// A block's text with the calls in its statements, and in the blocks inside them, written out.
  private String block(Source source, BlockTree block) {
    List<Edit> edits = new ArrayList<>();
    for (StatementTree statement : block.getStatements()) {
      edits.addAll(statement(source, statement));
    }
    return edited(source, start(source, block), end(source, block), edits);
  }

  private record Edit(int from, int to, String text) {}

  private static String edited(Source source, int from, int to, List<Edit> edits) {
    var text = new StringBuilder();
    int at = from;
    for (Edit edit : edits) {
      text.append(source.text(), at, edit.from()).append(edit.text());
      at = edit.to();
    }
    return text.append(source.text(), at, to).toString();
  }

  private List<Edit> statement(Source source, StatementTree statement) {
    List<Edit> edits = new ArrayList<>();
    var before = new StringBuilder();
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitBlock(BlockTree inner, Void unused) {
        edits.add(new Edit(start(source, inner), end(source, inner), block(source, inner)));
        return null;
      }

      @Override
      public Void visitMethodInvocation(MethodInvocationTree call, Void unused) {
        if (helper(call) == null) {
          return super.visitMethodInvocation(call, unused);
        }
        String value = call(source, call, Map.of(), before);
        edits.add(new Edit(start(source, call), end(source, call), value));
        return null;
      }
    }.scan(statement, null);
    edits.sort(Comparator.comparingInt(Edit::from));
    int from = start(source, statement);
    if (!before.isEmpty()) {
      edits.addFirst(new Edit(from, from, before.toString()));
    }
    return edits;
  }

  private Helper helper(MethodInvocationTree call) {
    ExpressionTree name = call.getMethodSelect();
    return name instanceof IdentifierTree identifier
        ? helpers.get(identifier.getName().toString())
        : null;
  }

  /// Appends the statements of a call and returns the name of its value.
  private String call(
      Source source, MethodInvocationTree call, Map<String, String> names, StringBuilder out) {
    Helper helper = helper(call);
    List<? extends VariableTree> parameters = helper.method().getParameters();
    if (parameters.size() != call.getArguments().size()) {
      throw new IllegalStateException(source.file() + ": arguments of " + call);
    }
    Map<String, String> inner = new HashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      String value = expression(source, call.getArguments().get(i), names, out);
      if (!value.matches("\\w+")) {
        String name = fresh(parameters.get(i).getName().toString());
        out.append(parameters.get(i).getType()).append(' ').append(name);
        out.append(" = ").append(value).append(";\n");
        value = name;
      }
      inner.put(parameters.get(i).getName().toString(), value);
    }
    for (StatementTree statement : helper.method().getBody().getStatements()) {
      if (statement instanceof VariableTree variable) {
        String value = expression(helper.source(), variable.getInitializer(), inner, out);
        String name = fresh(variable.getName().toString());
        out.append(variable.getType()).append(' ').append(name);
        out.append(" = ").append(value).append(";\n");
        inner.put(variable.getName().toString(), name);
      } else if (statement instanceof ReturnTree end) {
        String value = expression(helper.source(), end.getExpression(), inner, out);
        String name = fresh(helper.name());
        out.append(helper.method().getReturnType()).append(' ').append(name);
        out.append(" = ").append(value).append(";\n");
        return name;
      } else {
        throw new IllegalStateException(helper.name() + ": cannot expand " + statement);
      }
    }
    throw new IllegalStateException(helper.name() + ": no return");
  }

  /// An expression's text with names replaced; the statements of the calls in it are appended.
  private String expression(
      Source source, ExpressionTree tree, Map<String, String> names, StringBuilder out) {
    List<Edit> edits = new ArrayList<>();
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitMethodInvocation(MethodInvocationTree call, Void unused) {
        if (helper(call) == null) {
          return super.visitMethodInvocation(call, unused);
        }
        edits.add(new Edit(start(source, call), end(source, call), call(source, call, names, out)));
        return null;
      }

      @Override
      public Void visitIdentifier(IdentifierTree identifier, Void unused) {
        String name = names.get(identifier.getName().toString());
        if (name != null) {
          edits.add(new Edit(start(source, identifier), end(source, identifier), name));
        }
        return null;
      }
    }.scan(tree, null);
    edits.sort(Comparator.comparingInt(Edit::from));
    return edited(source, start(source, tree), end(source, tree), edits);
  }

  private String fresh(String name) {
    fresh++;
    return name + "_" + fresh;
  }

  private int start(Source source, Tree tree) {
    return (int) positions.getStartPosition(source.unit(), tree);
  }

  private int end(Source source, Tree tree) {
    return (int) positions.getEndPosition(source.unit(), tree);
  }
}
