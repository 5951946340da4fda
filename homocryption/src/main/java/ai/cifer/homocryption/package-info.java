/// The front door: encrypted vectors and matrices that manage levels, scales, relinearization and
/// rotations by themselves, named keys, and what a stored form is.
///
/// Chain: `ckks` ◄ this package. Everything here can be said with the types of
/// [ai.cifer.homocryption.ckks] too, with more control and more to know.
@NullMarked
package ai.cifer.homocryption;

import org.jspecify.annotations.NullMarked;
