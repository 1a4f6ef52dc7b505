"""What a policy makes of small cases: one function a question, each asked through the code that the nights, the months and people go through.

    vendors.graded(11)(policy)    the grade of a vendor with eleven faults in the year

`test_every_rule.py` asks each under the shipped policy and under one with a single value changed.
"""
