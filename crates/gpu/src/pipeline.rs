//! Kernels made ready to run, and the buffers they run on.

use std::rc::Rc;

use crate::{Buffer, Device, Error};

/// How a kernel sees one buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// `var<uniform>`.
    Uniform,
    /// `var<storage, read>`.
    Read,
    /// `var<storage, read_write>`.
    ReadWrite,
}

/// The bindings of group 0, in order; every variant of a kernel shares one, so that their bind groups are the same.
#[derive(Clone, Debug)]
pub struct Layout {
    label: String,
    raw: wgpu::BindGroupLayout,
    bindings: usize,
}

/// A kernel's text and the constants that make a variant of it.
#[derive(Clone, Copy, Debug)]
pub struct Shader<'a> {
    /// What errors call it.
    pub label: &'a str,
    /// WGSL.
    pub source: &'a str,
    /// The function to run.
    pub entry: &'a str,
    /// Values of its `override`s.
    pub constants: &'a [(&'a str, f64)],
}

/// A compiled kernel; clones are the same kernel.
#[derive(Clone, Debug)]
pub struct Pipeline {
    pub(crate) raw: Rc<wgpu::ComputePipeline>,
}

/// The buffers of one dispatch; clones are the same group.
#[derive(Clone, Debug)]
pub struct BindGroup(pub(crate) Rc<Bound>);

#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) raw: wgpu::BindGroup,
    /// Kept so that no buffer is freed before the groups that name it.
    pub(crate) buffers: Vec<Buffer>,
}

impl Device {
    /// The layout of a kernel's bindings, from binding 0 on.
    pub fn layout(&self, label: &str, bindings: &[Binding]) -> Layout {
        let entries: Vec<wgpu::BindGroupLayoutEntry> = bindings
            .iter()
            .zip(0..)
            .map(|(binding, index)| wgpu::BindGroupLayoutEntry {
                binding: index,
                visibility: wgpu::ShaderStages::COMPUTE,
                ty: wgpu::BindingType::Buffer {
                    ty: match binding {
                        Binding::Uniform => wgpu::BufferBindingType::Uniform,
                        Binding::Read => wgpu::BufferBindingType::Storage { read_only: true },
                        Binding::ReadWrite => wgpu::BufferBindingType::Storage { read_only: false },
                    },
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
                count: None,
            })
            .collect();
        let raw = self.raw().create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some(label),
            entries: &entries,
        });
        Layout { label: label.to_owned(), raw, bindings: bindings.len() }
    }

    /// Compiles a kernel.
    ///
    /// # Errors
    /// The shader or its layout is refused.
    pub async fn pipeline(&self, layout: &Layout, shader: &Shader<'_>) -> Result<Pipeline, Error> {
        let scope = self.raw().push_error_scope(wgpu::ErrorFilter::Validation);
        let module = self.raw().create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(shader.label),
            source: wgpu::ShaderSource::Wgsl(shader.source.into()),
        });
        let pipeline_layout = self.raw().create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(shader.label),
            bind_group_layouts: &[Some(&layout.raw)],
            immediate_size: 0,
        });
        let raw = self.raw().create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(shader.label),
            layout: Some(&pipeline_layout),
            module: &module,
            entry_point: Some(shader.entry),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: shader.constants,
                zero_initialize_workgroup_memory: false,
            },
            cache: None,
        });
        match scope.pop().await {
            Some(err) => Err(Error::Validation { label: shader.label.to_owned(), reason: err.to_string() }),
            None => Ok(Pipeline { raw: Rc::new(raw) }),
        }
    }

    /// Binds whole buffers, from binding 0 on.
    ///
    /// # Panics
    /// There are more or fewer buffers than bindings: a mistake of the caller.
    pub fn bind_group(&self, layout: &Layout, buffers: &[&Buffer]) -> BindGroup {
        assert_eq!(buffers.len(), layout.bindings, "buffers for the bindings of {}", layout.label);
        let entries: Vec<wgpu::BindGroupEntry<'_>> = buffers
            .iter()
            .zip(0..)
            .map(|(buffer, binding)| wgpu::BindGroupEntry {
                binding,
                resource: buffer.0.raw.as_entire_binding(),
            })
            .collect();
        let raw = self.raw().create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(&layout.label),
            layout: &layout.raw,
            entries: &entries,
        });
        BindGroup(Rc::new(Bound { raw, buffers: buffers.iter().map(|buffer| (*buffer).clone()).collect() }))
    }
}
