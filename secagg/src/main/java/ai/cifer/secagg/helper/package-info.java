/// The helper's side: hold shares, sign one cohort, reveal one sum; a key holder is a helper alone.
@NullMarked
package ai.cifer.secagg.helper;

import org.jspecify.annotations.NullMarked;
