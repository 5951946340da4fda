/// Configuration: one JSON file of snake_case keys; whatever the file can say, a builder can say.
@NullMarked
package ai.cifer.node.config;

import org.jspecify.annotations.NullMarked;
