"""Sampling: how many calls are due, and a seeded, stratified, frozen draw that anybody can replay."""
