"""`make bench`: what is measured, each benchmark a module that has a function `measure`."""
