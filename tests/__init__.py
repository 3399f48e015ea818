"""Tests; a package so that no library that ships a package of this name can stand in for it."""
