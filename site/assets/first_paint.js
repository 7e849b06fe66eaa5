try{const theme=localStorage.getItem('heapmark-theme');if(theme==='light'||theme==='dark')document.documentElement.dataset.theme=theme}catch{}
