/// How the command ends: numbered exit codes and the failures behind them.
@NullMarked
package ai.cifer.cli.exit;

import org.jspecify.annotations.NullMarked;
