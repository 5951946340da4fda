/// Who signs and who is enrolled, as interfaces that a process fills with its certificates.
@NullMarked
package ai.cifer.secagg.identity;

import org.jspecify.annotations.NullMarked;
