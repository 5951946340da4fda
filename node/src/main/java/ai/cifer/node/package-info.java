/// The processes of a federation: coordinator, client and key holder, each from a config file.
@NullMarked
package ai.cifer.node;

import org.jspecify.annotations.NullMarked;
