/// `cifer plan`: what a configuration costs and protects, in every mode, before a run.
@NullMarked
package ai.cifer.cli.plan;

import org.jspecify.annotations.NullMarked;
