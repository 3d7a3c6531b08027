"""How dates are written, a module a language; Django has the rest."""
