@NullMarked
package ai.cifer.homocryption;

import org.jspecify.annotations.NullMarked;
