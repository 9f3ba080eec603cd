"""The visible cases of every lab's exercises, one module a lab, on the protocol of `labsupport.checks.protocol`."""
