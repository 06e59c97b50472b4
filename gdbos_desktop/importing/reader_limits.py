"""What a reading process may use at most: memory and processor time, on every operating system.

Hides rlimits and job objects. The process limits *itself* before it looks at the file, so nothing it reads can lift
the limit again.
"""

from __future__ import annotations

import sys

MEMORY_BYTES = 3 * 1024**3
"""Enough for 100,000 rows of 200 columns; a workbook that asks for more is read row by row instead."""
LEAST_MEMORY_BYTES = 1024**3
"""What the reading of ordinary lists needs on any computer: 100,000 rows of 40 columns take 400 MB."""
CPU_SECONDS = 900


def memory_limit() -> int:
    """Bytes a reading process may ask for: half of what the computer has, between the least and the most."""
    return max(LEAST_MEMORY_BYTES, min(MEMORY_BYTES, _physical_memory() // 2))


def limit_this_process(memory_bytes: int | None = None, cpu_seconds: int = CPU_SECONDS) -> None:
    """Bound this process for good. Where the system offers no limit, the parent's patience is the only one."""
    memory_bytes = memory_limit() if memory_bytes is None else memory_bytes
    if sys.platform == "win32":
        _limit_by_job(memory_bytes, cpu_seconds)
    else:
        _limit_by_rlimit(memory_bytes, cpu_seconds)


if sys.platform != "win32":
    import os
    import resource

    def _physical_memory() -> int:
        try:
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        except (OSError, ValueError):
            return 2 * MEMORY_BYTES

    def _limit_by_rlimit(memory_bytes: int, cpu_seconds: int) -> None:
        for what, value in (
            (resource.RLIMIT_AS, memory_bytes),
            (resource.RLIMIT_CPU, cpu_seconds),
            (resource.RLIMIT_CORE, 0),
        ):
            try:
                _, hard = resource.getrlimit(what)
                ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
                resource.setrlimit(what, (ceiling, ceiling))
            except (OSError, ValueError):  # macOS knows no limit of address space
                continue

else:
    import ctypes
    from ctypes import wintypes

    _PROCESS_MEMORY = 0x00000100
    _PROCESS_TIME = 0x00000002
    _DIE_ON_UNHANDLED = 0x00000400
    _EXTENDED_LIMIT_INFORMATION = 9

    class _BasicLimits(ctypes.Structure):
        _fields_ = [
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        ]

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = [
            ("BasicLimitInformation", _BasicLimits),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        ]

    class _MemoryStatus(ctypes.Structure):
        _fields_ = [
            ("dwLength", wintypes.DWORD),
            ("dwMemoryLoad", wintypes.DWORD),
            ("ullTotalPhys", ctypes.c_uint64),
            ("ullOther", ctypes.c_uint64 * 6),
        ]

    def _physical_memory() -> int:
        status = _MemoryStatus(dwLength=ctypes.sizeof(_MemoryStatus))
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        return int(status.ullTotalPhys) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else 2 * MEMORY_BYTES

    def _limit_by_job(memory_bytes: int, cpu_seconds: int) -> None:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.SetInformationJobObject.argtypes = [wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD]
        kernel.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
        job = kernel.CreateJobObjectW(None, None)
        if not job:
            return
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _PROCESS_MEMORY | _PROCESS_TIME | _DIE_ON_UNHANDLED
        limits.BasicLimitInformation.PerProcessUserTimeLimit = cpu_seconds * 10_000_000
        limits.ProcessMemoryLimit = memory_bytes
        kernel.SetInformationJobObject(job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits))
        kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())  # the handle stays open: the job lives with us
