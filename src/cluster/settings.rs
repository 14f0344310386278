//! PostgreSQL's settings, rewritten at each start. A setting made by `alter system` wins.

use std::fs;

use crate::cluster::home::Home;

const MIB: u64 = 1024 * 1024;

/// The text of `cluster.conf`. The path and the name are our own and contain no quotes (see `home::socket_dir`).
pub fn conf(home: &Home) -> String {
    let memory_mib = memory_bytes().unwrap_or(2048 * MIB) / MIB;
    // An eighth, not the usual quarter: the service shares the machine, and each GB adds 30 ms to a
    // start.
    let shared_buffers_mib = (memory_mib / 8).clamp(64, 1024);
    let maintenance_work_mem_mib = (memory_mib / 32).clamp(32, 512);
    let effective_cache_size_mib = (memory_mib / 2).max(128);
    format!(
        "# Written by hatang at each start. Your own settings: alter system set ...
cluster_name = '{name}'
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = {shared_buffers_mib}MB
effective_cache_size = {effective_cache_size_mib}MB
maintenance_work_mem = {maintenance_work_mem_mib}MB
fsync = on
wal_level = replica
max_wal_size = 2GB
jit = off
random_page_cost = 1.1
timezone = 'Asia/Ho_Chi_Minh'
log_timezone = 'Asia/Ho_Chi_Minh'
logging_collector = on
log_directory = '../log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_line_prefix = '%m [%p] %q%a '
",
        port = crate::cluster::PORT,
        name = home.name,
        socket_dir = home.socket_dir.display(),
    )
}

/// The memory of the machine, or of our container.
fn memory_bytes() -> Option<u64> {
    let meminfo = fs::read_to_string("/proc/meminfo").ok()?;
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let machine = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024;
    let container = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    Some(container.unwrap_or(machine).min(machine))
}
