@org.jspecify.annotations.NullMarked
package ai.cifer.tensorflow;
